/**
 * Draws per second of `replayStrategy`, by core, on a small table in memory.
 *
 *   node --conditions=@tollgate/source packages/bench/src/replay-draws.ts
 *
 * Every core is checked to decide as expected before it is timed; the figure is the median of five rounds.
 */
import assert from 'node:assert/strict';
import { cascadeCore, modelSwitchCore, singleCore, voteCore, voteShare } from '@tollgate/router';
import { type AnyStrategyCore, type CandidateView, type ReplaySource, replayStrategy } from '@tollgate/sdk';
import { median } from './median.ts';

const roundMs = 1000;
const answers = ['7', '7', '8', '7', '9', '7', '7', '8'];
const samples: readonly CandidateView[] = answers.map((answer, i) => ({
  id: String(i),
  from: 0,
  answer,
  finish: 'eos',
}));
const cases: readonly {
  readonly name: string;
  readonly core: AnyStrategyCore;
  readonly draws: number;
  readonly answer: string;
}[] = [
  { name: 'single', core: singleCore(), draws: 1, answer: '7' },
  { name: 'vote of 8', core: voteCore({ samples: 8 }), draws: 8, answer: '7' },
  {
    name: 'cascade, 3 at 0.66',
    core: cascadeCore({ confidence: voteShare({ samples: 3 }), accept: 0.66 }),
    draws: 3,
    answer: '7',
  },
  { name: 'model switch, 5 each', core: modelSwitchCore({ samplesPerModel: 5 }), draws: 10, answer: '7' },
];

for (const { name, core, draws, answer } of cases) {
  const outcome = replayStrategy(core, { sources: table() });
  assert.equal(outcome.chosen?.answer, answer);
  const rates = Array.from({ length: 5 }, () => {
    const started = performance.now();
    let runs = 0;
    while (performance.now() - started < roundMs) {
      for (let i = 0; i < 1000; i += 1) replayStrategy(core, { sources: table() });
      runs += 1000;
    }
    return (runs * draws) / ((performance.now() - started) / 1000);
  });
  console.log(`${name.padEnd(22)} ${(median(rates) / 1e6).toFixed(2)} M draws/s`);
}

function table(): ReplaySource[] {
  return [source(0), source(1)];
}

function source(from: number): ReplaySource {
  let next = 0;
  return {
    view: {
      name: `model ${from}`,
      samples: { nativeMax: 1, promptBilledOnce: false, cancelOne: false },
      logprobs: 'none',
      continuation: 'none',
    },
    draw: (count) => {
      const drawn = samples
        .slice(next, next + count)
        .map((view) => (from === 0 ? view : { ...view, id: `b${view.id}`, from }));
      next += count;
      return drawn;
    },
  };
}
