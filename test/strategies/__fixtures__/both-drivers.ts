import {
  BudgetExceededError,
  type BudgetRefusal,
  type Candidate,
  type CandidateView,
  defineModel,
  type FinishedBy,
  type GenerateResult,
  type LeafCandidate,
  type Model,
  ModelCallError,
  replayAsSource,
  type ReplaySource,
  replayStrategy,
  type ReplayTable,
  type Scorer,
  type SourceView,
  strategyOf,
  type StrategyPlan,
  textOf,
  TollgateError,
  type Verdict,
  wholeText,
} from '@tollgate/sdk';
import { textCapabilities } from '@tollgate/sdk/testing';

/** What an answer was and how it ended. */
interface Sample {
  readonly answer: string | null;
  readonly finish: FinishedBy;
}

/** Letters of a table, and the samples that they stand for; `!` is a call that failed, `$` one that a budget refused. */
const samples: { readonly [letter: string]: Sample } = {
  a: { answer: 'a', finish: 'eos' },
  b: { answer: 'b', finish: 'eos' },
  c: { answer: 'c', finish: 'eos' },
  '-': { answer: null, finish: 'eos' },
  s: { answer: 'a', finish: 'stop' },
  l: { answer: 'b', finish: 'length' },
  x: { answer: 'a', finish: 'budget' },
};

/** All letters of a table. */
export const letters: readonly string[] = [...Object.keys(samples), '!', '$'];

/** Samples of each model, a letter each, in the order in which they are drawn. */
export type Tables = readonly string[];

/** What a driver came to: a decision, or the code of what it threw. */
export type Decided =
  | {
      readonly status: string;
      readonly answer: string | undefined;
      readonly finish: string | undefined;
      readonly confidence: number | undefined;
      readonly signal: string | undefined;
      readonly reason: string;
    }
  | { readonly thrown: string };

/** What a driver came to, and how many samples of each model it drew. */
export interface Driven {
  readonly decided: Decided;
  readonly drawn: readonly number[];
}

const answerKey = wholeText();
const zero = { usd: 0, nanoUsd: '0' };

/** Gives samples in order, to one driver. */
class Deck {
  drawn = 0;
  readonly #letters: string;

  constructor(table: string) {
    this.#letters = table;
  }

  take(count: number): readonly Sample[] {
    const next = this.#letters.slice(this.drawn, this.drawn + count).split('');
    this.drawn += count;
    if (next.length < count) throw new TollgateError('exhausted', 'no samples are left');
    if (next.includes('!')) throw new ModelCallError('down', { failure: 'server', dispatch: 'refused' });
    if (next.includes('$')) throw outOfMoney();
    return next.flatMap((letter) => samples[letter] ?? []);
  }
}

function outOfMoney(): BudgetExceededError {
  const refusal: BudgetRefusal = { scope: { kind: 'run', id: 'r' }, dimension: 'usd', cap: zero, settled: zero, held: zero, asked: zero };
  return new BudgetExceededError('nothing is left', refusal);
}

/** Calls end in the order in which they were made, each in a turn of its own: a live run is as ordered as a table. */
class Turns {
  #last: Promise<void> = Promise.resolve();

  async take(): Promise<void> {
    const before = this.#last;
    this.#last = before.then(async () => new Promise((resolve) => setImmediate(resolve)));
    return this.#last;
  }
}

/** A judge whose opinion follows from the answers alone; some sets it cannot judge, some it has no money for. */
export const judge: Scorer = {
  name: 'judge',
  score: async ({ candidates }) => ({ verdicts: judged(candidates.map((one) => [one.id, answerOf(one)])), charges: [] }),
};

function judged(candidates: readonly (readonly [id: string, answer: string | undefined])[]): readonly Verdict[] {
  const all = candidates.map(([, answer]) => answer ?? '-').join('');
  if (all === 'bbb') throw new ModelCallError('the judge is down', { failure: 'server', dispatch: 'refused' });
  if (all === 'cc') throw outOfMoney();
  return candidates.map(([candidateId, answer]): Verdict => {
    if (answer === undefined) return { candidateId, status: 'abstain' };
    return answer === 'a' ? { candidateId, status: 'accept', score: 0.9 } : { candidateId, status: 'reject', score: 0.1 };
  });
}

function answerOf(candidate: Candidate): string | undefined {
  const { by } = candidate.finish;
  return by === 'budget' || by === 'aborted' ? undefined : answerKey.key(candidate);
}

/** Makes a strategy of models. What it makes must not depend on more than their names. */
export type Build = (models: readonly Model[]) => Model;

/** Runs a strategy on models that serve the tables. */
export async function driveLive(build: Build, tables: Tables, how: 'generate' | 'stream'): Promise<Driven> {
  const decks = tables.map((table) => new Deck(table));
  const turns = new Turns();
  const model = build(decks.map((deck, i) => servedModel(`model-${i}`, deck, turns)));
  const request = { messages: [{ role: 'user', content: 'Name a letter.' }] } as const;
  const work = how === 'generate' ? model.generate(request) : heard(model.stream(request));
  return { decided: await outcomeOf(work), drawn: decks.map((deck) => deck.drawn) };
}

/** Replays the same strategy on the same tables. */
export function driveReplay(build: Build, tables: Tables): Driven {
  const decks = tables.map((table) => new Deck(table));
  const model = build(decks.map((deck, i) => servedModel(`model-${i}`, deck, new Turns())));
  const plan = strategyOf(model);
  if (plan === undefined) throw new Error('There is no strategy to replay.');
  return { decided: replayed(plan, decks), drawn: decks.map((deck) => deck.drawn) };
}

function servedModel(modelId: string, deck: Deck, turns: Turns): Model {
  return defineModel({
    provider: 'test',
    modelId,
    capabilities: textCapabilities({ samples: { nativeMax: 64, promptBilledOnce: true, cancelOne: false } }),
    call: async ({ request, emit }) => {
      let taken: readonly Sample[] = [];
      let failure: unknown;
      try {
        taken = deck.take(request.samples ?? 1);
      } catch (error) {
        failure = error;
      }
      await turns.take();
      if (failure !== undefined) throw failure as Error;
      for (const [sample, { answer }] of taken.entries()) if (answer !== null) emit?.({ type: 'text-delta', sample, text: answer });
      return {
        candidates: taken.map(({ answer, finish }): LeafCandidate => {
          const content = answer === null ? [] : [{ type: 'text', text: answer } as const];
          return { content, finish: { unified: finish === 'length' || finish === 'budget' ? 'length' : 'stop', by: finish } };
        }),
        usage: {},
      };
    },
  });
}

async function heard(stream: ReturnType<Model['stream']>): Promise<GenerateResult> {
  const shown = new Map<string, string>();
  for await (const part of stream) {
    if (part.type === 'commit') {
      if (shown.size > 0) throw new Error('A second answer was shown.');
      shown.set(part.candidateId, '');
    }
    if (part.type === 'text-delta') {
      if (!shown.has(part.candidateId)) throw new Error('A delta came before its commit.');
      shown.set(part.candidateId, shown.get(part.candidateId) + part.text);
    }
  }
  const result = await stream.result;
  const chosen = result.candidates.find(({ id }) => id === result.decision.chosen);
  if (chosen !== undefined && shown.get(chosen.id) !== textOf(chosen)) throw new Error('Another answer was shown than was given.');
  return result;
}

async function outcomeOf(work: Promise<GenerateResult>): Promise<Decided> {
  try {
    const { candidates, decision } = await work;
    const chosen = candidates.find(({ id }) => id === decision.chosen);
    return {
      status: decision.status,
      answer: chosen === undefined ? undefined : answerOf(chosen),
      finish: chosen?.finish.by,
      confidence: decision.confidence,
      signal: decision.signal,
      reason: decision.reason,
    };
  } catch (error) {
    return { thrown: codeOf(error) };
  }
}

function replayed(plan: StrategyPlan, decks: readonly Deck[]): Decided {
  const answers = new Map<string, string | undefined>();
  try {
    const { status, chosen, confidence, signal, reason, failure } = replayStrategy(plan.core, tableOf(plan, decks, answers));
    if (failure !== undefined) return { thrown: failure.code };
    return { status, answer: chosen?.answer, finish: chosen?.finish, confidence, signal, reason };
  } catch (error) {
    return { thrown: codeOf(error) };
  }
}

function tableOf(plan: StrategyPlan, decks: readonly Deck[], answers: Map<string, string | undefined>): ReplayTable {
  return {
    sources: plan.sources.map((source) => sourceOf(source, decks, answers)),
    scorers: plan.scorers.map(({ name }) => name),
    score: (_, ids) => ({ verdicts: judged(ids.map((id) => [id, answers.get(id.slice(id.lastIndexOf('/') + 1))])) }),
  };
}

function sourceOf(source: Model, decks: readonly Deck[], answers: Map<string, string | undefined>): ReplaySource {
  const view: SourceView = {
    name: source.modelId,
    samples: { nativeMax: 1, promptBilledOnce: false, cancelOne: false },
    logprobs: 'none',
    continuation: 'none',
  };
  const nested = strategyOf(source);
  if (nested !== undefined) return replayAsSource(nested.core, tableOf(nested, decks, answers), view);
  const deck = decks[Number(source.modelId.split('-')[1])];
  if (deck === undefined) throw new Error(`There is no table for ${source.modelId}.`);
  return {
    view,
    draw: (count) => {
      const first = deck.drawn;
      return deck.take(count).map(({ answer, finish }, i): CandidateView => {
        const id = `${source.modelId}#${first + i}`;
        const votes = answer !== null && finish !== 'budget';
        answers.set(id, votes ? answer : undefined);
        return { id, from: 0, finish, ...(votes && { answer }) };
      });
    },
  };
}

function codeOf(error: unknown): string {
  if (TollgateError.isInstance(error)) return error.code;
  throw error;
}
