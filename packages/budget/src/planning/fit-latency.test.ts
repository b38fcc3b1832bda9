import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { createRandom, quantile } from '@tollgate/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyLatencyFit, fittedLatency, type LatencyMeasurement, observeLatency } from './fit-latency.ts';
import { jetsonOrinLatency } from './jetson-orin-latency.ts';
import { decodeSeconds, type LatencyModel, prefillSeconds } from './latency-model.ts';

const sizes = [64, 200, 512, 1013, 2048, 4000].flatMap((inputTokens) =>
  [16, 128, 512, 1500].map((outputTokens) => ({ inputTokens, outputTokens })),
);

function fitOf(measurements: readonly LatencyMeasurement[], paddingTokens: number): ReturnType<typeof fittedLatency> {
  return fittedLatency(measurements.reduce(observeLatency, emptyLatencyFit({ paddingTokens })));
}

/** Times of a model with relative noise. */
function measured(model: LatencyModel, noise: number): readonly LatencyMeasurement[] {
  const random = createRandom(7);
  return Array.from({ length: 8 }, () => sizes)
    .flat()
    .map((size) => ({
      ...size,
      prefillSeconds: prefillSeconds(model, size.inputTokens) * (1 + noise * random.normal()),
      decodeSeconds: decodeSeconds(model, size) * (1 + noise * random.normal()),
    }));
}

describe('fittedLatency', () => {
  it.each(Object.entries(jetsonOrinLatency))('finds the constants of %s again, exactly without noise', (_, model) => {
    for (const measurements of [
      measured(model, 0),
      measured(model, 0).map((one) => ({
        ...one,
        totalSeconds: 'totalSeconds' in one ? one.totalSeconds : one.prefillSeconds + one.decodeSeconds,
      })),
    ]) {
      const fit = fitOf(measurements, 128).model;
      expect(fit.prefillQuadratic / model.prefillQuadratic).toBeCloseTo(1, 4);
      expect(fit.prefillConstant / model.prefillConstant).toBeCloseTo(1, 3);
      expect(fit.decodePerContextToken / model.decodePerContextToken).toBeCloseTo(1, 4);
      expect(fit.decodePerToken / model.decodePerToken).toBeCloseTo(1, 6);
    }
  });

  it.each(Object.entries(jetsonOrinLatency))('predicts %s within 1 % from times with 3 %% of noise', (_, model) => {
    const { model: fit, measurements } = fitOf(measured(model, 0.03), 128);
    expect(measurements).toBe(8 * sizes.length);
    expect(fit.decodePerToken / model.decodePerToken).toBeCloseTo(1, 1);
    for (const size of sizes.filter(({ outputTokens }) => outputTokens >= 128)) {
      const total = (own: LatencyModel): number => prefillSeconds(own, size.inputTokens) + decodeSeconds(own, size);
      expect(Math.abs(total(fit) / total(model) - 1)).toBeLessThan(0.01);
    }
  });

  it('predicts what our own engine took, on prompts it was not fitted to', () => {
    const calls = quickstartTimings();
    expect(calls.size).toBe(3);
    for (const [model, measurements] of calls) {
      expect(measurements.length, model).toBeGreaterThan(80);
      const odd = measurements.filter((_, i) => i % 2 === 1);
      const { model: fit } = fitOf(
        measurements.filter((_, i) => i % 2 === 0),
        1,
      );
      const errors = odd.map((one) => {
        const predicted = prefillSeconds(fit, one.inputTokens) + decodeSeconds(fit, one);
        return Math.abs(predicted / (one.prefillSeconds + one.decodeSeconds) - 1);
      });
      expect(quantile(errors, 0.5), model).toBeLessThan(0.1);
    }
  });

  it('has no negative terms, and no better fit among those without', () => {
    const seconds = fc.double({ min: 0.01, max: 10, noNaN: true });
    const tokens = fc.integer({ min: 1, max: 4096 });
    const one = fc.record({
      inputTokens: tokens,
      outputTokens: tokens,
      prefillSeconds: seconds,
      decodeSeconds: seconds,
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 12 }), (measurements) => {
        const { model, residualShare } = fitOf(measurements, 1);
        const { paddingTokens: _, ...terms } = model;
        for (const [name, value] of Object.entries(terms)) expect(value, name).toBeGreaterThanOrEqual(0);
        const meanPrefill = measurements.reduce((sum, each) => sum + each.prefillSeconds, 0) / measurements.length;
        const flat = measurements.reduce((sum, each) => sum + (1 - meanPrefill / each.prefillSeconds) ** 2 + 1, 0);
        expect(residualShare).toBeLessThanOrEqual(Math.sqrt(flat / (2 * measurements.length)) + 1e-6);
      }),
      { seed: 5, numRuns: 50 },
    );
  });

  it('leaves out what one prompt length cannot tell', () => {
    const { model } = fitOf(
      [10, 20, 40].map((n) => ({ inputTokens: 100, outputTokens: n, prefillSeconds: 0.2, decodeSeconds: n * 0.03 })),
      1,
    );
    expect(prefillSeconds(model, 100)).toBeCloseTo(0.2, 9);
    expect(decodeSeconds(model, { inputTokens: 100, outputTokens: 30 })).toBeCloseTo(0.9, 9);
    expect(model).toMatchObject({ prefillLinear: expect.closeTo(0.002, 9), prefillConstant: 0, prefillQuadratic: 0 });
  });

  it('is plain JSON between measurements', () => {
    const fit = observeLatency(emptyLatencyFit(), { inputTokens: 9, outputTokens: 3, totalSeconds: 0.4 });
    expect(fittedLatency(JSON.parse(JSON.stringify(fit)) as typeof fit)).toEqual(fittedLatency(fit));
  });

  it('refuses nothing measured and negative times', () => {
    expect(() => fittedLatency(emptyLatencyFit())).toThrow(/^fit must hold at least one measurement/);
    expect(() => observeLatency(emptyLatencyFit(), { inputTokens: 1, outputTokens: 1, totalSeconds: -1 })).toThrow(
      /^totalSeconds must be/,
    );
    expect(() => emptyLatencyFit({ paddingTokens: 0 })).toThrow(/^paddingTokens must be/);
  });
});

/** Times of the recorded models: the prompt, and each longest sample of a batch. */
function quickstartTimings(): ReadonlyMap<
  string,
  readonly { inputTokens: number; outputTokens: number; prefillSeconds: number; decodeSeconds: number }[]
> {
  interface Line {
    readonly kind: string;
    readonly model: string;
    readonly call: { readonly inputTokens: number; readonly engineSeconds: number };
    readonly samples: readonly { readonly outputTokens: number; readonly engineSeconds: number }[];
  }
  const file = new URL('../../../tollgate/quickstart/recording.jsonl.gz', import.meta.url);
  const calls = gunzipSync(readFileSync(file))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
    .filter(({ kind }) => kind === 'call')
    .map(({ model, call, samples }) => {
      const [longest] = samples.toSorted((one, other) => other.outputTokens - one.outputTokens);
      const timing = {
        inputTokens: call.inputTokens,
        outputTokens: longest?.outputTokens ?? 0,
        prefillSeconds: call.engineSeconds,
        decodeSeconds: longest?.engineSeconds ?? 0,
      };
      return { model, timing };
    });
  const byModel = Map.groupBy(calls, ({ model }) => model);
  return new Map([...byModel].map(([name, own]) => [name, own.map(({ timing }) => timing)]));
}
