import { asTokenModel, type GenerateRequest, type Model, type TokenLogprob } from '@tollgate/sdk';
import { askAfter, type Told } from './ask-all.ts';
import { exactYesNo } from './exact-yes-no.ts';
import { type Alternative, sideOf, type YesNoSides, yesNoSides } from './yes-no-sides.ts';

/**
 * How likely both answers are by the log-probabilities of a reply; where one is not among the most likely words, by the
 * engine's own distribution if it shows that. Undefined where neither is.
 */
export async function yesNoLogprobs(model: Model, request: GenerateRequest): Promise<Told<YesNoSides | undefined>> {
  const { tokenLevel, sampling, maxTopLogprobs = 20 } = model.capabilitiesFor(request);
  const { candidates, charges } = await model.generate({
    ...request,
    // A hosted model may refuse to be asked for fewer than 16.
    maxOutputTokens: tokenLevel ? 1 : 16,
    logprobs: { top: maxTopLogprobs },
    ...(sampling.temperature && { temperature: 0 }),
  });
  const told = yesNoSides(alternativesOf(candidates[0]?.logprobs ?? []));
  const tokens = asTokenModel(model);
  if (tokens === undefined || (told !== undefined && told.bounded === undefined)) return { told, charges };
  return askAfter(charges, () => exactYesNo(tokens, request));
}

/** The likely words at the place where the reply says yes or no; at its beginning where it does not. */
function alternativesOf(positions: readonly TokenLogprob[]): readonly Alternative[] {
  const said = positions.find(({ text }) => sideOf(text) !== undefined) ?? positions[0];
  if (said === undefined) return [];
  const { top = [] } = said;
  return top.some(({ text }) => text === said.text) ? top : [said, ...top];
}
