import { InvalidOptionError } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectations, learnAnswer, type MultiplexerState, priorMultiplexer } from './multiplexer-state.ts';

const prior = priorMultiplexer({ usdPerAnswer: [1, 10], passRates: [0.3, 0.8], features: ['x'] });

describe('priorMultiplexer', () => {
  it('expects what it was told, drawn a little to a half', () => {
    const [small, big] = expectations(prior, { x: 5 });
    expect(small).toMatchObject({ usd: 1 });
    expect(big).toMatchObject({ usd: 10 });
    expect(small?.pass).toBeCloseTo(0.328, 3);
    expect(big?.pass).toBeCloseTo(0.764, 3);
    expect(expectations(priorMultiplexer({ usdPerAnswer: [0] }), {})).toEqual([{ pass: 0.5, usd: 0 }]);
  });

  it.each([
    [{ usdPerAnswer: [] }, /a cost for each model, received none/],
    [{ usdPerAnswer: [1, -1] }, /usdPerAnswer\[1\] must be US dollars of 0 or more, received -1/],
    [{ usdPerAnswer: [Number.NaN] }, /received NaN/],
    [{ usdPerAnswer: [Infinity] }, /received Infinity/],
    [{ usdPerAnswer: [1], passRates: [0.5, 0.5] }, /one rate for each model \(1\), received 2/],
    [{ usdPerAnswer: [1], passRates: [1] }, /in \(0, 1\), received 1\. Did you mean 0\.99\?/],
    [{ usdPerAnswer: [1], passRates: [0] }, /Did you mean 0\.01\?/],
    [{ usdPerAnswer: [1], passRates: [80] }, /received 80/],
  ])('%j is refused', (options, message) => {
    expect(() => priorMultiplexer(options)).toThrow(message);
  });
});

describe('learnAnswer', () => {
  it('takes the mean of costs, what was expected among them, and forgets those of long ago', () => {
    let state = prior;
    const usds: number[] = [];
    for (const usd of [2, 6]) {
      state = learnAnswer(state, { features: {}, model: 0, usd });
      usds.push(expectations(state, {})[0]?.usd ?? 0);
    }
    expect(usds).toEqual([1.5, 3]);
    expect(state.models[0]).toMatchObject({ priced: 2, pass: { count: 0 } });
    for (let i = 0; i < 2000; i += 1) state = learnAnswer(state, { features: {}, model: 0, usd: 9 });
    expect(expectations(state, {})[0]?.usd).toBeCloseTo(9, 3);
    expect(expectations(state, {})[1]?.usd).toBe(10);
  });

  it('leaves the chance to pass where only a cost became known, and the cost where only a verdict did', () => {
    const costed = learnAnswer(prior, { features: { x: 1 }, model: 0, usd: 1 });
    expect(costed.models[0]?.pass).toEqual(prior.models[0]?.pass);
    const judged = learnAnswer(prior, { features: { x: 1 }, model: 1, passed: false });
    expect(judged.models[1]).toMatchObject({ usd: 10, priced: 0, pass: { count: 1 } });
    expect(judged.models[0]).toEqual(prior.models[0]);
  });

  it('standardises features by their running mean and spread, and bounds what was never met', () => {
    let state = prior;
    for (const x of [1, 3, 1, 3]) state = learnAnswer(state, { features: { x, unknown: 7 }, model: 0, passed: x > 2 });
    expect(state.scale).toEqual([{ count: 4, mean: 2, squares: 4 }]);
    const at = (x: number): number => expectations(state, { x })[0]?.pass ?? Number.NaN;
    expect(at(3)).toBeGreaterThan(at(2));
    expect(at(2 + 4)).toBe(at(2 + 4000));
    expect(expectations(state, { x: Number.NaN })).toEqual(expectations(state, {}));
  });

  it.each([
    [{ model: 2, passed: true }, /model must be an index in \[0, 2\), received 2/],
    [{ model: -1, passed: true }, /received -1/],
    [{ model: 0.5, passed: true }, /received 0\.5/],
    [{ model: 0, usd: Number.NaN }, /usd must be US dollars of 0 or more, received NaN/],
    [{ model: 0, usd: -1 }, /received -1/],
  ])('%j is refused', (answer, message) => {
    expect(() => learnAnswer(prior, { features: {}, ...answer })).toThrow(message);
    expect(() => learnAnswer(prior, { features: {}, ...answer })).toThrow(InvalidOptionError);
  });

  it('stays plain JSON that goes on equally, whatever it sees (property)', () => {
    const answer = fc.record({
      features: fc.record({ x: fc.double({ min: -1e6, max: 1e6 }) }),
      model: fc.integer({ min: 0, max: 1 }),
      passed: fc.option(fc.boolean(), { nil: undefined }),
      usd: fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 30 }), (answers) => {
        let [state, copy] = [prior, prior];
        for (const { passed, usd, ...rest } of answers) {
          const told = { ...rest, ...(passed !== undefined && { passed }), ...(usd !== undefined && { usd }) };
          state = learnAnswer(state, told);
          copy = learnAnswer(JSON.parse(JSON.stringify(copy)) as MultiplexerState, told);
        }
        expect(copy).toEqual(state);
        for (const { pass, usd } of expectations(state, { x: 1 })) {
          expect(pass >= 0 && pass <= 1 && usd >= 0 && usd <= 100).toBe(true);
        }
      }),
      { seed: 31, numRuns: 200 },
    );
  });
});
