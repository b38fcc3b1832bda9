import type { Candidate } from '../spec/result.ts';
import type { StreamPart } from '../spec/stream.ts';
import type { LeafPart } from './leaf-call.ts';
import { pushWhole } from './push-whole.ts';

/** The id of a sample: its attempt and its index among the samples of the caller's request. */
export function candidateId(attemptId: string, sample: number): string {
  return `${attemptId}#${sample}`;
}

interface About {
  readonly candidateId: string;
  readonly attemptId: string;
}

/** Turns what an adapter emits into the parts of a stream; the first part of a sample commits it. */
export class SampleStream {
  readonly #push: (part: StreamPart) => void;
  readonly #attemptId: string;
  readonly #firstSample: number;
  #abouts: (About | undefined)[] = [];

  constructor(
    push: (part: StreamPart) => void,
    { attemptId, firstSample }: { readonly attemptId: string; readonly firstSample: number },
  ) {
    this.#push = push;
    this.#attemptId = attemptId;
    this.#firstSample = firstSample;
  }

  readonly emit = (part: LeafPart): void => {
    const about = this.#abouts[part.sample] ?? this.#commit(part.sample);
    // By far the most parts are these, and copying one by name costs a fraction of copying it whole.
    if (part.type === 'text-delta' && part.metadata === undefined) {
      const { candidateId, attemptId } = about;
      this.#push({ type: 'text-delta', text: part.text, candidateId, attemptId });
      return;
    }
    const { sample: _, ...delta } = part;
    this.#push({ ...delta, ...about });
  };

  /** Ends a sample. One of which nothing was emitted (the engine does not stream) is shown whole. */
  finish(candidate: Candidate): void {
    const { id, attemptId, finish } = candidate;
    if (this.#abouts.some((about) => about?.candidateId === id))
      this.#push({ type: 'candidate-finish', candidateId: id, attemptId, finish });
    else pushWhole(this.#push, candidate);
  }

  #commit(sample: number): About {
    const about = { candidateId: candidateId(this.#attemptId, this.#firstSample + sample), attemptId: this.#attemptId };
    if (sample === 0 && this.#abouts.length === 0) this.#abouts = [about];
    else this.#abouts[sample] = about;
    this.#push({ type: 'commit', ...about });
    return about;
  }
}
