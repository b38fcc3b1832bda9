import { wrapModel } from '../leaf/wrap-model.ts';
import type { Model } from '../spec/model.ts';
import type { Pricing } from '../spec/pricing.ts';
import { openCassette } from './open-cassette.ts';
import type { Match } from './request-key.ts';

/** Where answers are kept, and whether new ones are asked for. */
export interface WithCassetteOptions {
  /** Path of the cassette, a file of JSON lines. */
  readonly file: string;
  /**
   * `record`: what is on the tape comes from it, and only what is missing is asked for and added. `replay`: the model is never asked, and
   * what is missing is an error. @defaultValue 'record'
   */
  readonly mode?: 'record' | 'replay';
  /** Which requests count as the same, for a new file: see `openCassette`. @defaultValue the file's, or 'pool' */
  readonly match?: Match;
  /** Name of the model on the tape. @defaultValue provider and model id, as in `openai/gpt-6-luna` */
  readonly name?: string;
  /** What taped answers are charged at. @defaultValue the model's own price */
  readonly pricing?: Pricing;
}

/**
 * Keeps the answers of a model in a file, and takes them from there the next time. For tests: record once, and let the build
 * replay. Taped answers are held and charged as if they had been asked for. `close` closes the file and the model.
 *
 * One file holds one model here; to put several on one, or to have each run see the same samples from the start, use `openCassette`.
 *
 * @throws TollgateError `invalid-file` for a file that is damaged, or missing in a replay; `unknown-reference` where a replay
 * holds no such model; InvalidOptionError for a recording that does not fit the file. Calls of a replay throw `cassette-miss` and `exhausted`.
 * @example
 * const model = await withCassette(openai('gpt-6-luna'), { file: 'luna.jsonl', mode: process.env.CI ? 'replay' : 'record' });
 */
export async function withCassette(model: Model, options: WithCassetteOptions): Promise<Model> {
  const {
    file,
    mode = 'record',
    match,
    name = `${model.provider}/${model.modelId}`,
    pricing = model.pricing,
  } = options;
  const cassette = await openCassette(
    file,
    mode === 'replay' ? { mode } : { mode, ...(match !== undefined && { match }) },
  );
  const priced = pricing === undefined ? {} : { pricing };
  const taped = mode === 'replay' ? cassette.replay(name, priced) : cassette.record(name, model, priced);
  return wrapModel(taped, (inner) => ({
    generate: async (request) => inner.generate(request),
    stream: (request) => inner.stream(request),
    close: async () => {
      await Promise.all([cassette.close(), model.close?.()]);
    },
  }));
}
