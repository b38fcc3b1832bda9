import { createRandom } from '@tollgate/stats';
import { TollgateError } from '../errors/tollgate-error.ts';
import { childContext, rootContext } from '../leaf/call-context.ts';
import { checkRequest } from '../leaf/check-request.ts';
import { askModel, callsOf, type Push } from '../leaf/model-calls.ts';
import { withOneStart } from '../leaf/one-start.ts';
import { resultOfParts } from '../leaf/result-of-parts.ts';
import { unverified } from '../leaf/unverified.ts';
import { wrapModel } from '../leaf/wrap-model.ts';
import type { Model } from '../spec/model.ts';
import type { Pricing } from '../spec/pricing.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { GenerateResult } from '../spec/result.ts';
import type { CassetteFile } from './cassette-file.ts';
import type { ModelLine } from './cassette-lines.ts';
import type { CassetteSession } from './cassette-session.ts';
import { linesFromResult, type RecordedAttempt } from './lines-from-result.ts';
import { samplesAt, type Tape } from './tape.ts';
import type { TapeEntry } from './tape-entry.ts';
import { tapedLeaf } from './taped-leaf.ts';

/** What a recording model is made of. */
export interface RecordingOptions {
  readonly tape: Tape;
  readonly file: CassetteFile;
  readonly recorded: ModelLine;
  readonly model: Model;
  readonly session: CassetteSession;
  readonly pricing: Pricing | undefined;
}

/** A part of a request: what the tape answers, or what is asked live. */
interface Part {
  readonly request: GenerateRequest;
  readonly entry: TapeEntry;
  readonly push: Push | undefined;
}

/** A model that answers from the tape what is on it, asks for the rest, and puts that on the tape. */
export function recordingModel(options: RecordingOptions): Model {
  return wrapModel(options.model, (model) => {
    const recorder = new Recorder({ ...options, model });
    return { ...callsOf((request, push) => recorder.answer(request, push)), pricing: options.pricing };
  });
}

class Recorder {
  readonly #options: RecordingOptions;

  constructor(options: RecordingOptions) {
    this.#options = options;
  }

  async answer(request: GenerateRequest, push: Push | undefined): Promise<GenerateResult> {
    checkRequest(request);
    const { tape, recorded, session } = this.#options;
    const context = childContext(request.context ?? rootContext(), {
      kind: 'wrapper',
      label: `cassette ${recorded.name}`,
    });
    const entry = tape.entryOf(recorded.name, tape.identify(recorded.name, request));
    const wanted = request.samples ?? 1;
    const claimed = tape.claim(session, entry, wanted);
    // Half of an exact answer is of no use: its seeds would come twice.
    const taped = tape.match === 'exact' && claimed.length < wanted ? [] : claimed;
    const missing = wanted - taped.length;
    context.span.add({ values: { fromTape: taped.length, asked: missing } });
    const first = push === undefined ? undefined : withOneStart(push);
    const work: Promise<GenerateResult>[] = [];
    if (taped.length > 0) {
      work.push(this.#serve({ request: { ...request, context, samples: taped.length }, entry, push: first }, taped));
    }
    if (missing > 0) work.push(this.#ask({ request: { ...request, context, samples: missing }, entry, push: first }));
    return resultOfParts(await Promise.allSettled(work), {
      name: `cassette ${recorded.name}`,
      samples: wanted,
      signal: request.signal,
      span: context.span,
      decide: unverified,
    });
  }

  async #serve({ request, entry, push }: Part, taped: readonly number[]): Promise<GenerateResult> {
    const { recorded, pricing, session } = this.#options;
    const unserved = new Set(taped);
    const leaf = tapedLeaf(recorded, pricing, ({ firstSample, request: attempt }) => {
      const first = firstSample - (request.firstSample ?? 0);
      const indices = taped.slice(first, first + (attempt.samples ?? 1));
      for (const index of indices) unserved.delete(index);
      return samplesAt(entry, indices);
    });
    try {
      return await askModel(leaf, request, push);
    } finally {
      session.giveBack(entry, [...unserved]);
    }
  }

  async #ask({ request, entry, push }: Part): Promise<GenerateResult> {
    const { tape, model } = this.#options;
    const seed = tape.match === 'exact' ? request.seed : freshSeed(request.seed, entry);
    const result = await askModel(model, { ...request, ...(seed !== undefined && { seed }) }, push);
    try {
      for (const attempt of linesFromResult(result, model)) this.#write(entry, attempt, seed);
    } catch (error) {
      if (TollgateError.isInstance(error)) error.charges = result.charges;
      throw error;
    }
    return result;
  }

  #write(entry: TapeEntry, attempt: RecordedAttempt, seed: number | undefined): void {
    const { tape, file, session } = this.#options;
    const first = entry.samples.length;
    tape.write(file, {
      kind: 'call',
      model: entry.model,
      key: entry.key,
      ...(first === 0 && { fields: entry.fields, prompt: entry.prompt }),
      ...(seed !== undefined && { seed }),
      ...attempt,
    });
    session.use(entry, first, attempt.samples.length);
  }
}

/** The seed to send, unless it was sent for this prompt before: then one that follows from it and was not. */
function freshSeed(seed: number | undefined, entry: TapeEntry): number | undefined {
  if (seed === undefined) return undefined;
  let fresh = seed;
  for (const random = createRandom(seed); entry.seeds.has(fresh); ) fresh = random.int(2 ** 32);
  entry.seeds.add(fresh);
  return fresh;
}
