import type { Llama, LlamaModel } from 'node-llama-cpp';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import { Drafter } from './drafter.ts';
import { llamaTokenizer } from './llama-tokenizer.ts';
import { batchTokens } from './memory-need.ts';
import type { LlamaCppOptions } from './options.ts';
import type { LlamaLibrary } from './start-llama.ts';

// The engine's default of 0 never waits for a draft, and a fast model is then never drafted for.
const minTokens = 1;
const defaultMaxTokens = 8;
// One token in common says little: a wrong draft costs the evaluation of all its tokens.
const lookup = { patternLength: { min: 2 }, predictionLength: { max: 3 } };

/**
 * Opens what `draft` asks for.
 *
 * @throws InvalidOptionError where the draft model has another tokenizer.
 */
export async function openDrafter(
  { DraftSequenceTokenPredictor, InputLookupTokenPredictor }: LlamaLibrary,
  how: {
    readonly llama: Llama;
    readonly target: LlamaModel;
    readonly draft: LlamaCppOptions['draft'];
    readonly contextTokens: number;
    readonly threads: number;
  },
): Promise<Drafter | undefined> {
  const { llama, target, draft, contextTokens, threads } = how;
  if (draft === undefined) return undefined;
  if (draft === 'prompt-lookup') {
    return new Drafter({
      predictor: () => new InputLookupTokenPredictor(lookup),
      atOnce: Number.POSITIVE_INFINITY,
      dispose: () => Promise.resolve(),
    });
  }
  const model = await llama.loadModel({ modelPath: draft.modelPath });
  try {
    if (llamaTokenizer(model).hash !== llamaTokenizer(target).hash) {
      throw new InvalidOptionError(
        'draft.modelPath',
        `"${draft.modelPath}" has another tokenizer than the model it is to draft for. Take a smaller model of the same family.`,
      );
    }
    const context = await model.createContext({
      contextSize: contextTokens,
      sequences: 1,
      threads,
      batchSize: batchTokens,
    });
    const predictor = new DraftSequenceTokenPredictor(context.getSequence(), {
      minTokens,
      maxTokens: draft.maxTokens ?? defaultMaxTokens,
    });
    return new Drafter({
      predictor: () => predictor,
      atOnce: 1,
      dispose: async () => {
        predictor.dispose();
        await context.dispose();
        await model.dispose();
      },
    });
  } catch (error) {
    await model.dispose();
    throw error;
  }
}
