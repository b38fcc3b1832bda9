import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** transformers.js with one model. */
export interface TransformersPeer {
  /** Greedy answers to one prompt by the chat template, in `rows` equal rows. Gives the first text, and the tokens of all. */
  generate(
    prompt: string,
    how: { readonly rows: number; readonly tokens: number },
  ): Promise<{ readonly text: string; readonly tokens: number }>;
  close(): Promise<void>;
}

/** What of transformers.js is used. */
interface Transformers {
  readonly env: { allowRemoteModels: boolean; localModelPath: string };
  readonly AutoTokenizer: { from_pretrained(name: string): Promise<TransformersTokenizer> };
  readonly AutoModelForCausalLM: {
    from_pretrained(name: string, options: Readonly<Record<string, unknown>>): Promise<TransformersModel>;
  };
}

interface TransformersTensor {
  readonly dims: readonly number[];
  tolist(): bigint[][];
}

interface TransformersTokenizer {
  (texts: readonly string[], options: Readonly<Record<string, unknown>>): { readonly input_ids: TransformersTensor };
  apply_chat_template(
    messages: readonly { readonly role: string; readonly content: string }[],
    options: Readonly<Record<string, unknown>>,
  ): string;
  decode(tokens: readonly bigint[], options: Readonly<Record<string, unknown>>): string;
}

interface TransformersModel {
  generate(options: Readonly<Record<string, unknown>>): Promise<TransformersTensor>;
  dispose(): Promise<unknown>;
}

/** Opens a model folder `name` under `root`. Without `threads` it takes its own default. */
export async function openTransformers(options: {
  readonly root: string;
  readonly name: string;
  readonly threads?: number | undefined;
}): Promise<TransformersPeer> {
  const { env, AutoTokenizer, AutoModelForCausalLM } = await importTransformers();
  env.allowRemoteModels = false;
  env.localModelPath = `${options.root}/`;
  const tokenizer = await AutoTokenizer.from_pretrained(options.name);
  const model = await AutoModelForCausalLM.from_pretrained(options.name, {
    device: 'cpu',
    ...(options.threads !== undefined && { session_options: { intraOpNumThreads: options.threads } }),
  });
  return {
    generate: async (prompt, { rows, tokens }) => {
      const text = tokenizer.apply_chat_template([{ role: 'user', content: prompt }], {
        add_generation_prompt: true,
        tokenize: false,
      });
      const inputs = tokenizer(
        Array.from({ length: rows }, () => text),
        { add_special_tokens: false },
      );
      const output = await model.generate({ ...inputs, max_new_tokens: tokens, do_sample: false });
      const promptTokens = inputs.input_ids.dims[1] ?? 0;
      const answers = output.tolist().map((row) => row.slice(promptTokens));
      return {
        text: tokenizer.decode(answers[0] ?? [], { skip_special_tokens: true }),
        tokens: answers.reduce((sum, answer) => sum + answer.length, 0),
      };
    },
    close: async () => {
      await model.dispose();
    },
  };
}

async function importTransformers(): Promise<Transformers> {
  const home = process.env['TRANSFORMERS_HOME'];
  const from = home === undefined ? import.meta.url : join(home, 'package.json');
  let path: string;
  try {
    path = createRequire(from).resolve('@huggingface/transformers');
  } catch {
    throw new Error(
      [
        'The bench compares with @huggingface/transformers, which is not installed. Install it beside:',
        '  mkdir transformers && cd transformers && npm init -y',
        '  ONNXRUNTIME_NODE_INSTALL=skip npm install --ignore-scripts @huggingface/transformers',
        'and run the bench with TRANSFORMERS_HOME=…/transformers.',
      ].join('\n'),
    );
  }
  return (await import(pathToFileURL(path).href)) as Transformers;
}
