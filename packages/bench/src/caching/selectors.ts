import { multiplexCore, multiplexerMemory, priorMultiplexer } from '@tollgate/router';
import { type ReplaySource, replayStrategy } from '@tollgate/sdk';
import { createRandom, type Random } from '@tollgate/stats';
import { queries, type Setting, type World } from './world.ts';

/** Chooses a model for a query, and learns what it cost. */
export interface Selector {
  choose(query: number): 0 | 1;
  observe(query: number, model: 0 | 1, cost: number): void;
}

/** A selector that learns nothing, so that what it will cost is known before. */
export interface KnownSelector extends Selector {
  expectedCost(query: number): number;
}

/** The same model for every query. */
export function fixedModel({ costs }: World, model: 0 | 1): KnownSelector {
  return {
    choose: () => model,
    observe: () => undefined,
    expectedCost: (query) => costs[query]?.[model] ?? 0,
  };
}

/** Knows the costs, and takes the cheaper model with the accuracy of the setting, each time anew. */
export function withForesight({ costs }: World, { accuracy }: Setting, random: Random): KnownSelector {
  return {
    choose: (query) => {
      const [first, second] = costs[query] ?? [0, 0];
      return first <= second === random.next() < accuracy ? 0 : 1;
    },
    observe: () => undefined,
    expectedCost: (query) => {
      const both = costs[query] ?? [0, 0];
      return accuracy * Math.min(...both) + (1 - accuracy) * Math.max(...both);
    },
  };
}

/** The optimistic cost of a model on a query after `pulls` answers: never below the least cost, 1. */
// Source: arXiv 2306.02003, notebook: max(mean − √(|Q| / n), c_min), and c_min where nothing was seen.
export function lowerCostBound(mean: number, pulls: number): number {
  return pulls === 0 ? 1 : Math.max(mean - Math.sqrt(queries / pulls), 1);
}

/** The authors' own: a table of every query on every model, the lower bound decides. */
export function byLowerBound(): Selector {
  const seen = Array.from({ length: 2 * queries }, () => ({ pulls: 0, mean: 0 }));
  const cell = (query: number, model: 0 | 1): { pulls: number; mean: number } =>
    seen[2 * query + model] ?? { pulls: 0, mean: 0 };
  const boundOf = (query: number, model: 0 | 1): number => {
    const { mean, pulls } = cell(query, model);
    return lowerCostBound(mean, pulls);
  };
  return {
    choose: (query) => (boundOf(query, 0) <= boundOf(query, 1) ? 0 : 1),
    observe: (query, model, cost) => {
      const at = cell(query, model);
      at.pulls += 1;
      at.mean += (cost - at.mean) / at.pulls;
    },
  };
}

/**
 * Ours: the multiplexer's core over what its memory expects, with one feature a query. It sees whether an answer passed, which
 * here is whether it cost less than half the price of a failure.
 */
export function byMultiplexer({ ratio }: Setting, seed: number): Selector {
  const names = Array.from({ length: queries }, (_, i) => `query-${i}`);
  const memory = multiplexerMemory({
    state: priorMultiplexer({ usdPerAnswer: [1, 1], features: names }),
    random: createRandom(seed),
    explore: 0,
    fallbackUsd: ratio,
    featuresOf: ({ messages: [message] }) => (typeof message?.content === 'string' ? { [message.content]: 1 } : {}),
  });
  const core = multiplexCore({ fallbackUsd: ratio });
  const ask = (query: number) => ({ messages: [{ role: 'user' as const, content: `query-${query}` }] });
  return {
    choose: (query) => {
      const learned = memory.recall(ask(query));
      const { chosen } = replayStrategy(core, { sources, ...(learned !== undefined && { learned }) });
      return chosen?.from === 1 ? 1 : 0;
    },
    observe: (query, model, cost) => memory.observe(ask(query), { model, passed: cost < 1 + ratio / 2 }),
  };
}

const sources = [0, 1].map(
  (from): ReplaySource => ({
    view: {
      name: `model-${from}`,
      samples: { nativeMax: 1, promptBilledOnce: false, cancelOne: false },
      logprobs: 'none',
      continuation: 'none',
    },
    draw: () => [{ id: `answer-${from}`, from, finish: 'eos' }],
  }),
);
