import {
  type GenerateRequest,
  InvalidOptionError,
  type JsonValue,
  type RandomSource,
  type StrategyMemory,
} from '@tollgate/sdk';
import { requireFallbackUsd } from '../strategies/require-option.ts';
import type { MultiplexState } from '../strategies/multiplex.ts';
import { drawUsd } from './draw-usd.ts';
import {
  expectations,
  type Features,
  type JudgedAnswer,
  learnAnswer,
  type MultiplexerState,
} from './multiplexer-state.ts';
import { requestFeatures } from './prompt-features.ts';

/** Options of `multiplexerMemory`. */
export interface MultiplexerMemoryOptions {
  /** What is known at the beginning: `priorMultiplexer(…)`, or what an earlier process has learned. */
  readonly state: MultiplexerState;
  /** Chance, injected. */
  readonly random: RandomSource;
  /** Share of requests that go to another model than the best one, to learn about it. Range [0, 1). @defaultValue 0.05 */
  readonly explore?: number;
  /** What a wrong answer costs in US dollars: as the multiplexer's own, for the report of regret. Range [0, ∞). */
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
  /**
   * A verdict that came later, or from elsewhere.
   *
   * @throws InvalidOptionError as `learnAnswer`.
   */
  observe(request: GenerateRequest, answer: Omit<JudgedAnswer, 'features'>): void;
  /**
   * Every model's answer to one request: full information, from shadow runs. `chosen` is what the multiplexer took.
   *
   * @throws InvalidOptionError unless there is an answer for each model and `chosen` is one of them.
   */
  observeAll(
    request: GenerateRequest,
    answers: readonly { readonly passed: boolean; readonly usd: number }[],
    chosen: number,
  ): void;
  report(): RegretReport;
  /** What was learned, to go on from in another process. */
  toJSON(): MultiplexerState;
}

/**
 * Learns from every judged answer which model passes which requests, and at what price. What an answer cost counts whether or
 * not it was judged.
 *
 * @throws InvalidOptionError when `explore` or `fallbackUsd` is outside its range.
 *
 * @example
 * const memory = multiplexerMemory({ state: priorMultiplexer({ usdPerAnswer: [0.0001, 0.004] }), random: createRandom('app'), fallbackUsd: 0.02 });
 * const model = multiplex([small, big], { memory, fallbackUsd: 0.02 });
 * memory.observe(request, { model: 0, passed: true });
 */
export function multiplexerMemory(options: MultiplexerMemoryOptions): MultiplexerMemory {
  const { random, explore = 0.05, fallbackUsd, featuresOf = requestFeatures } = options;
  if (!(explore >= 0 && explore < 1)) {
    throw new InvalidOptionError('explore', `explore must be in [0, 1), received ${explore}.`);
  }
  requireFallbackUsd(fallbackUsd);
  let { state } = options;
  const others = state.models.length - 1;
  let rounds = 0;
  let usd = 0;
  const totals = state.models.map(() => 0);
  const observe: MultiplexerMemory['observe'] = (request, answer) => {
    state = learnAnswer(state, { ...answer, features: featuresOf(request) });
  };
  return {
    recall: (request): JsonValue => ({
      expected: expectations(state, featuresOf(request)).map((one) => ({ ...one })),
      ...(random.next() < explore && others > 0 && { explore: random.int(others) }),
    }),
    learn: ({ request, state: run, result }) => {
      for (const { id, from, passed } of run.asked) {
        const cost = drawUsd(result, [id]);
        if (passed === undefined && cost === undefined) continue;
        observe(request, {
          model: from,
          ...(passed !== undefined && { passed }),
          ...(cost !== undefined && { usd: cost }),
        });
      }
    },
    observe,
    observeAll: (request, answers, chosen) => {
      if (answers.length !== totals.length || answers[chosen] === undefined) {
        throw new InvalidOptionError(
          'answers',
          `There must be an answer of each of the ${totals.length} models, and one of them chosen; received ${answers.length}, and ${chosen} as the chosen one.`,
        );
      }
      for (const [model, answer] of answers.entries()) {
        observe(request, { model, ...answer });
        const loss = answer.usd + (answer.passed ? 0 : fallbackUsd);
        totals[model] = (totals[model] ?? 0) + loss;
        if (model === chosen) usd += loss;
      }
      rounds += 1;
    },
    report: () => {
      const bestSingleUsd = Math.min(...totals);
      return { rounds, usd, bestSingleUsd, regretUsd: usd - bestSingleUsd };
    },
    toJSON: () => state,
  };
}
