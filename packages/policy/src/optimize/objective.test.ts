import { InvalidOptionError } from '@tollgate/sdk';
import { describe, expect, it } from 'vitest';
import type { PolicyScores } from './evaluate-policy.ts';
import { checkObjective, chooseBest, meansOf, type Objective, pricedUsd } from './objective.ts';

/** Scores of a policy that is right on `right` of 100 tasks and costs this much on each; wrong answers are accepted ones. */
function scoresOf(name: string, right: number, usd: number): PolicyScores {
  const tasks = Array.from({ length: 100 }, (_, i) => i);
  return {
    expression: { kind: 'single', model: name },
    passed: Float64Array.from(tasks, (i) => (i < right ? 1 : 0)),
    usd: new Float64Array(100).fill(usd),
    falseAccepts: Float64Array.from(tasks, (i) => (i >= right ? 1 : 0)),
    draws: new Float64Array(100).fill(1),
    usdByModel: new Map([[name, 100 * usd]]),
  };
}

function choice(candidates: readonly PolicyScores[], objective: Objective): readonly [string, boolean] | undefined {
  const best = chooseBest(candidates, objective);
  if (best?.chosen.expression.kind !== 'single') return undefined;
  return [best.chosen.expression.model, best.met];
}

const cheap = scoresOf('cheap', 60, 0.001);
const middle = scoresOf('middle', 84, 0.01);
const dear = scoresOf('dear', 95, 0.1);

describe('chooseBest', () => {
  it.each<[Objective, string, boolean]>([
    [{ accuracy: 0.5 }, 'cheap', true],
    [{ accuracy: 0.8 }, 'middle', true],
    // 0.84 is above the floor, but not by half a standard error of 0.037.
    [{ accuracy: 0.83 }, 'dear', true],
    [{ accuracy: 0.99 }, 'dear', false],
    [{ usdPerTask: 0.01 }, 'middle', true],
    [{ usdPerTask: 0.0099 }, 'cheap', true],
    [{ usdPerTask: 0.0001 }, 'cheap', false],
    [{ fallbackUsd: 0 }, 'cheap', true],
    // 0.01 + 0.16 · 0.1 = 0.026 against 0.041 and 0.105.
    [{ fallbackUsd: 0.1 }, 'middle', true],
    [{ fallbackUsd: 1 }, 'dear', true],
  ])('%j takes %s', (objective, name, met) => {
    expect(choice([dear, cheap, middle], objective)).toEqual([name, met]);
  });

  it('takes a floor of all tasks, where nothing varies', () => {
    expect(choice([dear, scoresOf('perfect', 100, 1)], { accuracy: 1 })).toEqual(['perfect', true]);
  });

  it.each<[Objective]>([[{ accuracy: 0.5 }], [{ usdPerTask: 1 }], [{ fallbackUsd: 0.1 }], [{ accuracy: 1 }]])(
    'of equals takes the earlier one for %j',
    (objective) => {
      const [first, second] = [scoresOf('first', 80, 0.01), scoresOf('second', 80, 0.01)];
      expect(choice([first, second], objective)?.[0]).toBe('first');
      expect(choice([second, first], objective)?.[0]).toBe('second');
    },
  );

  it.each<[Objective, string]>([
    [{ accuracy: 0.5 }, 'better'],
    [{ usdPerTask: 0.001 }, 'better'],
    [{ usdPerTask: 1 }, 'better'],
  ])('at equal cost takes the more accurate one for %j', (objective, name) => {
    expect(choice([scoresOf('worse', 80, 0.01), scoresOf('better', 81, 0.01)], objective)?.[0]).toBe(name);
  });

  it('at equal accuracy takes the cheaper one within a budget, and of equal money the cheaper calls', () => {
    const twin = scoresOf('twin', 95, 0.09);
    expect(choice([dear, twin], { usdPerTask: 1 })?.[0]).toBe('twin');
    // 0.25 + 0.25 · 1 and 0 + 0.5 · 1.
    const [a, b] = [scoresOf('calls', 75, 0.25), scoresOf('failures', 50, 0)];
    expect(choice([a, b], { fallbackUsd: 1 })?.[0]).toBe('failures');
  });

  it('prices harm only where a wrong answer was given as accepted', () => {
    const careful = { ...scoresOf('careful', 80, 0.02), falseAccepts: new Float64Array(100) };
    expect(choice([middle, careful], { fallbackUsd: 0.1 })?.[0]).toBe('middle');
    expect(choice([middle, careful], { fallbackUsd: 0.1, harmUsd: 1 })?.[0]).toBe('careful');
    expect(pricedUsd(meansOf(middle), { fallbackUsd: 0.1, harmUsd: 1 })).toBeCloseTo(0.01 + 0.016 + 0.16);
  });

  it('has nothing to take from nothing', () => {
    expect(chooseBest([], { accuracy: 0.5 })).toBeUndefined();
  });
});

describe('checkObjective', () => {
  it.each([
    [{ accuracy: 0 }, 'accuracy'],
    [{ accuracy: 95 }, 'accuracy'],
    [{ accuracy: Number.NaN }, 'accuracy'],
    [{ usdPerTask: 0 }, 'usdPerTask'],
    [{ usdPerTask: Infinity }, 'usdPerTask'],
    [{ fallbackUsd: -1 }, 'fallbackUsd'],
    [{ fallbackUsd: Infinity }, 'fallbackUsd'],
    [{ fallbackUsd: 1, harmUsd: -1 }, 'fallbackUsd'],
    [{ fallbackUsd: 1, harmUsd: Number.NaN }, 'fallbackUsd'],
    [{}, 'objective'],
    [{ accuracy: 0.9, usdPerTask: 1 }, 'objective'],
  ])('refuses %j', (objective, option) => {
    expect(() => checkObjective(objective as Objective)).toThrow(InvalidOptionError);
    expect(() => checkObjective(objective as Objective)).toThrow(expect.objectContaining({ option }));
  });

  it.each<[Objective]>([
    [{ accuracy: 1 }],
    [{ usdPerTask: 1e-9 }],
    [{ fallbackUsd: 0 }],
    [{ fallbackUsd: 1, harmUsd: 2 }],
  ])('takes %j', (objective) => {
    expect(() => checkObjective(objective)).not.toThrow();
  });
});
