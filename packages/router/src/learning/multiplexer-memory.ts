import type { GenerateRequest, JsonValue, RandomSource, StrategyMemory } from '@tollgate/sdk';
import { nanoOf } from './nano-of.ts';
import {
  expectations,
  type Features,
  type JudgedAnswer,
  learnAnswer,
  type MultiplexerState,
} from './multiplexer-state.ts';
import { requestFeatures } from './prompt-features.ts';
import type { MultiplexState } from '../strategies/multiplex.ts';

/** Options of `multiplexerMemory`. */
export interface MultiplexerMemoryOptions {
  /** What is known at the beginning: `priorMultiplexer(…)`, or what an earlier process has learned. */
  readonly state: MultiplexerState;
  /** Chance, injected. */
  readonly random: RandomSource;
  /** Share of requests that go to another model than the best one, to learn about it. Range [0, 1). @defaultValue 0.05 */
  readonly explore?: number;
  /** What a wrong answer costs in US dollars: as the multiplexer's own. For the report of regret. */
  readonly fallbackUsd: number;
  /** @defaultValue `requestFeatures`, as far as the state knows them */
  readonly featuresOf?: (request: GenerateRequest) => Features;
}

/** What a multiplexer's choices came to, where every model was asked. */
export interface RegretReport {
  /** Rounds in which every model's answer was known. */
  readonly rounds: number;
  /** US dollars of the choices, wrong answers priced. */
  readonly usd: number;
  /** US dollars of the best single model over the same rounds. */
  readonly bestSingleUsd: number;
  /** `usd − bestSingleUsd`: below 0 where choosing per request wins. */
  readonly regretUsd: number;
}

/** What a multiplexer learns over its runs. */
export interface MultiplexerMemory extends StrategyMemory<MultiplexState> {
  /** A verdict that came later, or from elsewhere. */
  observe(request: GenerateRequest, answer: Omit<JudgedAnswer, 'features'>): void;
  /** Every model's answer to one request: full information, from shadow runs. `chosen` is what the multiplexer took. */
  observeAll(
    request: GenerateRequest,
    answers: readonly { readonly passed: boolean; readonly usd: number }[],
    chosen: number,
  ): void;
  report(): RegretReport;
  toJSON(): MultiplexerState;
}

/**
 * Learns from every judged answer which model passes which requests, and at what price.
 *
 * @example
 * const memory = multiplexerMemory({ state: priorMultiplexer({ usdPerAnswer: [0.0001, 0.004] }), random: createRandom('app'), fallbackUsd: 0.02 });
 * const model = multiplex([small, big], { memory, fallbackUsd: 0.02 });
 * memory.observe(request, { model: 0, passed: true });
 */
export function multiplexerMemory(options: MultiplexerMemoryOptions): MultiplexerMemory {
  const { random, explore = 0.05, fallbackUsd, featuresOf = requestFeatures } = options;
  let { state } = options;
  let rounds = 0;
  let usd = 0;
  const totals = state.models.map(() => 0);
  const learn = (request: GenerateRequest, answer: Omit<JudgedAnswer, 'features'>): void => {
    state = learnAnswer(state, { ...answer, features: featuresOf(request) });
  };
  return {
    recall: (request): JsonValue => ({
      expected: expectations(state, featuresOf(request)).map((one) => ({ ...one })),
      ...(random.next() < explore && { explore: random.int(state.models.length) }),
    }),
    learn: ({ request, state: run, result }) => {
      for (const { id, from, passed } of run.asked) {
        const charge = result.charges.find(({ candidateIds }) => candidateIds.includes(id));
        const cost = charge?.cost === undefined ? undefined : nanoOf(charge.cost) / 1e9;
        if (passed === undefined && cost === undefined) continue;
        learn(request, {
          model: from,
          ...(passed !== undefined && { passed }),
          ...(cost !== undefined && { usd: cost }),
        });
      }
    },
    observe: learn,
    observeAll: (request, answers, chosen) => {
      for (const [model, answer] of answers.entries()) {
        learn(request, { model, ...answer });
        const loss = answer.usd + (answer.passed ? 0 : fallbackUsd);
        totals[model] = (totals[model] ?? 0) + loss;
        if (model === chosen) usd += loss;
      }
      rounds += 1;
    },
    report: () => {
      const bestSingleUsd = rounds === 0 ? 0 : Math.min(...totals);
      return { rounds, usd, bestSingleUsd, regretUsd: usd - bestSingleUsd };
    },
    toJSON: () => state,
  };
}
