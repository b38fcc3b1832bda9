import { AbortedError, type Candidate, type Charge, childContext, type ScoreInput, textOf } from '@tollgate/sdk';
import { askAfter, askAll, charged, type Outcome, type Told } from '../scores/ask-all.ts';
import { conversationText } from '../scores/conversation-text.ts';
import type { PairJudge, PairPreference } from './pair-judge.ts';
import type { Pair } from './pair-sort.ts';
import type { PairOutcome, PairwiseCache } from './pairwise-cache.ts';
import { textHash } from './text-hash.ts';

/** What comparisons are made with. */
export interface ComparisonsOptions {
  readonly judge: PairJudge;
  readonly cache: PairwiseCache;
  /** Comparisons at once. */
  readonly atOnce: number;
  /** Prompts begin alike, and who is asked evaluates that once. */
  readonly sharesPrompts: boolean;
}

type Preference = PairPreference['prefers'];

/** The comparisons of one ranking. Each is two questions, and a tie where they do not agree. */
export class Comparisons {
  readonly #options: ComparisonsOptions;
  readonly #input: ScoreInput;
  readonly #task: string;
  readonly #hashes: readonly string[];
  /** Outcomes of this ranking, by key. What failed is a tie here, and in no cache. */
  readonly #known = new Map<string, PairOutcome>();
  readonly #counts = { wanted: 0, asked: 0, split: 0, failed: 0 };
  #charges: readonly Charge[] = [];
  #failure: unknown;
  #isOutOfMoney = false;

  private constructor(
    options: ComparisonsOptions,
    input: ScoreInput,
    { task, hashes }: { readonly task: string; readonly hashes: readonly string[] },
  ) {
    this.#options = options;
    this.#input = input;
    this.#task = task;
    this.#hashes = hashes;
  }

  static async among(input: ScoreInput, options: ComparisonsOptions): Promise<Comparisons> {
    const task = await textHash(JSON.stringify([options.judge.name, conversationText(input.request.messages)]));
    const hashes = await Promise.all(input.candidates.map((candidate) => textHash(textOf(candidate))));
    return new Comparisons(options, input, { task, hashes });
  }

  get charges(): readonly Charge[] {
    return this.#charges;
  }

  /** Comparisons that were wanted, asked for (twice each), split by the order of showing, and failed. */
  get counts(): { readonly [name in 'wanted' | 'asked' | 'split' | 'failed']: number } {
    return this.#counts;
  }

  /** @throws the first failure where nothing could be compared, unless money was the reason. */
  requireSome(): void {
    const { asked, failed } = this.#counts;
    if (asked > 0 && failed === asked && !this.#isOutOfMoney) throw charged(this.#failure, this.#charges);
  }

  /** For each pair, whether `one` comes before `other`. A tie leaves them as they were. */
  async before(pairs: readonly Pair[]): Promise<readonly boolean[]> {
    this.#counts.wanted += pairs.length;
    const unknown = new Map<string, readonly [Candidate, Candidate]>();
    for (const pair of pairs) {
      const { key, places, isSame } = this.#lookUp(pair);
      if (this.#known.has(key)) continue;
      const outcome = isSame ? 'tie' : this.#options.cache.get(key);
      if (outcome !== undefined) this.#known.set(key, outcome);
      else unknown.set(key, places.map((place) => this.#input.candidates[place]) as [Candidate, Candidate]);
    }
    if (!this.#isOutOfMoney) await this.#ask([...unknown]);
    return pairs.map((pair) => {
      const { key, places } = this.#lookUp(pair);
      const outcome = this.#known.get(key) ?? 'tie';
      if (outcome === 'tie') return pair.one < pair.other;
      return pair.one === places[outcome === 'first' ? 0 : 1];
    });
  }

  /** The name of a pair whichever way round, and its places in the order of that name. */
  #lookUp({ one, other }: Pair): {
    readonly key: string;
    readonly places: readonly [number, number];
    readonly isSame: boolean;
  } {
    const [a = '', b = ''] = [this.#hashes[one], this.#hashes[other]];
    const isTurned = b < a;
    const key = isTurned ? `${this.#task} ${b} ${a}` : `${this.#task} ${a} ${b}`;
    return { key, places: isTurned ? [other, one] : [one, other], isSame: a === b };
  }

  async #ask(unknown: readonly (readonly [string, readonly [Candidate, Candidate]])[]): Promise<void> {
    const shown = unknown.flatMap(([, [first, second]]) => [[first, second] as const, [second, first] as const]);
    const { told, charges } = await askAfter(this.#charges, () =>
      askAll(shown, {
        atOnce: 2 * this.#options.atOnce,
        firstAlone: this.#options.sharesPrompts && this.#counts.asked === 0,
        ask: (pair) => this.#compare(...pair),
      }),
    );
    this.#charges = charges;
    this.#counts.asked += unknown.length;
    for (const [i, [key]] of unknown.entries()) {
      const [straight, turned] = told.slice(2 * i, 2 * i + 2);
      this.#note(key, straight, turned);
    }
  }

  #note(key: string, straight: Outcome<Preference> | undefined, turned: Outcome<Preference> | undefined): void {
    for (const outcome of [straight, turned]) {
      if (outcome === undefined || 'told' in outcome) continue;
      this.#failure ??= outcome.error;
      if (outcome.untold === 'abstain') this.#isOutOfMoney = true;
    }
    if (straight === undefined || turned === undefined || 'untold' in straight || 'untold' in turned) {
      this.#counts.failed += 1;
      this.#known.set(key, 'tie');
      return;
    }
    const outcome = agreed(straight.told, turned.told);
    if (outcome === 'tie') this.#counts.split += 1;
    this.#known.set(key, outcome);
    this.#options.cache.set(key, outcome);
  }

  async #compare(first: Candidate, second: Candidate): Promise<Told<Preference>> {
    const { request, context } = this.#input;
    if (request.signal?.aborted === true) {
      throw new AbortedError('The ranking was aborted.', { cause: request.signal.reason });
    }
    const own = childContext(context, { kind: 'score', label: `${first.id} or ${second.id}` });
    try {
      const { prefers, charges = [] } = await this.#options.judge.compare(first, second, {
        ...this.#input,
        context: own,
      });
      own.span.end(prefers);
      return { told: prefers, charges };
    } catch (error) {
      own.span.end('failed');
      throw error;
    }
  }
}

/** What both orders say, where they say the same. */
function agreed(straight: Preference, turned: Preference): PairOutcome {
  if (straight === 'first' && turned === 'second') return 'first';
  return straight === 'second' && turned === 'first' ? 'second' : 'tie';
}
