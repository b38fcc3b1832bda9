import type { LlamaGrammarEvaluationState, LlamaModel } from 'node-llama-cpp';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';

/** Makes a grammar in GBNF ready for use: each answer has a state of its own. */
export async function grammarStates(
  model: LlamaModel,
  { grammar, option }: { readonly grammar: string; readonly option: string },
): Promise<() => LlamaGrammarEvaluationState> {
  const { LlamaGrammarEvaluationState: State } = await import('node-llama-cpp');
  try {
    const loaded = await model.llama.createGrammar({ grammar });
    return () => new State({ model, grammar: loaded });
  } catch (error) {
    throw new InvalidOptionError(
      option,
      `${option} has a schema that llama.cpp takes no grammar of: ${error instanceof Error ? error.message : String(error)}. A reference that leads to itself, or too much nesting, does this.`,
    );
  }
}
