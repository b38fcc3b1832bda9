import { type GenerateRequest, TollgateError, type TokenModel, type Tokenizer } from '@tollgate/sdk';
import { logSumExp } from '@tollgate/stats';
import type { Told } from './ask-all.ts';
import type { YesNoSides } from './yes-no-sides.ts';

const spellings = { yes: ['Yes', ' Yes', 'yes', ' yes', 'YES'], no: ['No', ' No', 'no', ' no', 'NO'] };

/** The exact probabilities of both answers right after the prompt, however unlikely they are, in one evaluation of it. */
export async function exactYesNo(tokens: TokenModel, request: GenerateRequest): Promise<Told<YesNoSides>> {
  const { context, signal } = request;
  const prompt = tokens.promptTokens(request);
  const session = await tokens.open({
    prefix: prompt.slice(0, -1),
    maxTokens: 1,
    ...(context !== undefined && { context }),
    ...(signal !== undefined && { signal }),
  });
  const logprobs = new Float32Array(tokens.tokenizer.vocabularySize);
  try {
    await session.evaluate(prompt.slice(-1), logprobs);
  } catch (error) {
    const charge = await session.close();
    if (TollgateError.isInstance(error)) error.charges = [charge];
    throw error;
  }
  const total = (side: 'yes' | 'no'): number =>
    logSumExp(tokensOf(tokens.tokenizer, side).map((token) => logprobs[token] ?? Number.NEGATIVE_INFINITY));
  return { told: { yes: total('yes'), no: total('no') }, charges: [await session.close()] };
}

/** The spellings that are one token; in a vocabulary without any, the token that the word begins with. */
function tokensOf(tokenizer: Tokenizer, side: 'yes' | 'no'): readonly number[] {
  const [word, ...others] = spellings[side].map((spelling) => tokenizer.encode(spelling));
  const whole = [word, ...others].flatMap((ids) => (ids?.length === 1 ? ids : []));
  return whole.length > 0 ? [...new Set(whole)] : (word?.slice(0, 1) ?? []);
}
