import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEnergyJoules } from './decode-energy.ts';
import { jetsonOrinLatency } from './jetson-orin-latency.ts';
import { decodeSeconds, maxOutputTokensWithin, prefillSeconds } from './latency-model.ts';
import { type GenerationOption, planGeneration } from './plan-generation.ts';

type OrinModel = keyof typeof jetsonOrinLatency;

describe('a latency model', () => {
  it.each<[OrinModel, number, number, number, number]>([
    ['qwen-1.5b', 100, 82, 0.048838, 1.939701],
    ['qwen-1.5b', 512, 1024, 0.088151, 24.357954],
    ['llama-8b', 512, 128, 0.42667, 12.900167],
    ['llama-8b', 512, 1024, 0.42667, 103.518802],
    ['qwen-14b', 512, 1024, 0.783398, 192.215466],
    ['qwen-14b', 1013, 256, 2.024664, 48.087717],
  ])('of %s with %d tokens in and %d out', (...[name, inputTokens, outputTokens, prefill, decode]) => {
    const model = jetsonOrinLatency[name];
    expect(prefillSeconds(model, inputTokens)).toBeCloseTo(prefill, 6);
    expect(decodeSeconds(model, { inputTokens, outputTokens })).toBeCloseTo(decode, 6);
  });

  it.each<[OrinModel, number, number, number]>([
    ['llama-8b', 512, 128, 12.913],
    ['llama-8b', 512, 1024, 104.54],
    ['qwen-14b', 512, 128, 23.748],
    ['qwen-14b', 512, 1024, 190.463],
  ])('of %s is near the measured total of %d in and %d out', (...[name, inputTokens, outputTokens, seconds]) => {
    const model = jetsonOrinLatency[name];
    const total = prefillSeconds(model, inputTokens) + decodeSeconds(model, { inputTokens, outputTokens });
    expect(Math.abs(total / seconds - 1)).toBeLessThan(0.05);
  });

  it.each<[OrinModel, readonly number[]]>([
    ['qwen-1.5b', [208, 419, 1259, 2512]],
    ['llama-8b', [47, 97, 295, 593]],
    ['qwen-14b', [24, 51, 158, 318]],
  ])('of %s fits so many tokens into 5, 10, 30 and 60 s', (name, expected) => {
    const model = jetsonOrinLatency[name];
    const tokens = [5, 10, 30, 60].map((deadlineSeconds) =>
      maxOutputTokensWithin(model, { inputTokens: 256, deadlineSeconds }),
    );
    expect(tokens).toEqual(expected);
  });

  it('fits the longest answer that is in time, and one token more is late', () => {
    const coefficient = fc.double({ min: 0, max: 1e-3, noNaN: true });
    const model = fc.record({
      prefillQuadratic: fc.double({ min: 0, max: 1e-7, noNaN: true }),
      prefillLinear: coefficient,
      prefillConstant: coefficient,
      decodePerContextToken: fc.double({ min: 0, max: 1e-6, noNaN: true }),
      decodePerToken: fc.double({ min: 1e-4, max: 0.2, noNaN: true }),
    });
    fc.assert(
      fc.property(
        model,
        fc.integer({ min: 0, max: 4000 }),
        fc.double({ min: 0, max: 60, noNaN: true }),
        (own, inputTokens, deadlineSeconds) => {
          const outputTokens = maxOutputTokensWithin(own, { inputTokens, deadlineSeconds });
          const left = deadlineSeconds - prefillSeconds(own, inputTokens);
          if (outputTokens > 0) expect(decodeSeconds(own, { inputTokens, outputTokens })).toBeLessThanOrEqual(left);
          expect(decodeSeconds(own, { inputTokens, outputTokens: outputTokens + 1 })).toBeGreaterThan(left);
        },
      ),
      { seed: 1 },
    );
  });

  it('has no token where the prompt is late, and no end where tokens are free', () => {
    const model = jetsonOrinLatency['qwen-14b'];
    expect(maxOutputTokensWithin(model, { inputTokens: 1013, deadlineSeconds: 2 })).toBe(0);
    const free = { ...model, decodePerContextToken: 0, decodePerToken: 0 };
    expect(maxOutputTokensWithin(free, { inputTokens: 10, deadlineSeconds: 5 })).toBe(Infinity);
    expect(decodeSeconds(model, { inputTokens: 10, outputTokens: 0 })).toBe(0);
  });

  it('refuses negative numbers and parts of tokens as blocks', () => {
    const model = jetsonOrinLatency['llama-8b'];
    expect(() => prefillSeconds(model, -1)).toThrow(/^inputTokens must be/);
    expect(() => prefillSeconds({ ...model, prefillLinear: -1 }, 1)).toThrow(/^prefillLinear must be/);
    expect(() => prefillSeconds({ ...model, paddingTokens: 1.5 }, 1)).toThrow(/^paddingTokens must be a whole number/);
    expect(() => maxOutputTokensWithin(model, { inputTokens: 1, deadlineSeconds: -1 })).toThrow(
      /^deadlineSeconds must be/,
    );
  });
});

describe('decodeEnergyJoules', () => {
  it('is the integral of the power', () => {
    const power = { steadyWatts: 30, riseWatts: 10, settleSeconds: 5 };
    expect(decodeEnergyJoules(power, 60)).toBeCloseTo(1800 - 50 * (1 - Math.exp(-12)), 9);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 100, noNaN: true }), (seconds) => {
        const steps = 2000;
        let sum = 0;
        for (let i = 0; i < steps; i += 1) sum += 30 - 10 * Math.exp((-(i + 0.5) * seconds) / steps / 5);
        expect(decodeEnergyJoules(power, seconds)).toBeCloseTo((sum * seconds) / steps, 1);
      }),
      { seed: 2, numRuns: 20 },
    );
    expect(() => decodeEnergyJoules({ ...power, riseWatts: 31 }, 1)).toThrow(/^riseWatts must be/);
  });
});

describe('planGeneration', () => {
  // Measured by the paper with a model of 1.5 billion parameters: several short samples beat one of no limit.
  const latency = jetsonOrinLatency['qwen-1.5b'];
  const options: readonly GenerationOption[] = [
    { model: 'one', latency, maxOutputTokens: 1024, accuracy: 0.43 },
    { model: 'eight', latency, maxOutputTokens: 128, parallel: 8, batchSlowdown: 1.1, accuracy: 0.39 },
    { model: 'sixteen', latency, maxOutputTokens: 128, parallel: 16, batchSlowdown: 1.22, accuracy: 0.41 },
  ];

  it('takes the most accurate that is in time', () => {
    const at = (deadlineSeconds: number): string | undefined =>
      planGeneration(options, { inputTokens: 100, deadlineSeconds })?.option.model;
    expect([3, 3.5, 4, 30].map(at)).toEqual([undefined, 'eight', 'sixteen', 'one']);
  });

  it('takes the faster of equals', () => {
    const slow = { model: 'slow', latency: jetsonOrinLatency['llama-8b'], maxOutputTokens: 128, accuracy: 0.39 };
    const plan = planGeneration([slow, ...options.slice(1, 2)], { inputTokens: 100, deadlineSeconds: 60 });
    expect(plan?.option.model).toBe('eight');
  });

  it('never does worse with more time', () => {
    const deadline = fc.double({ min: 0, max: 40, noNaN: true });
    fc.assert(
      fc.property(deadline, deadline, (one, other) => {
        const accuracy = (deadlineSeconds: number): number =>
          planGeneration(options, { inputTokens: 100, deadlineSeconds })?.option.accuracy ?? 0;
        expect(accuracy(Math.max(one, other))).toBeGreaterThanOrEqual(accuracy(Math.min(one, other)));
      }),
      { seed: 3 },
    );
    expect(() => planGeneration([{ ...options[0]!, accuracy: 43 }], { inputTokens: 1, deadlineSeconds: 1 })).toThrow(
      /^accuracy must be in \[0, 1\]/,
    );
  });
});
