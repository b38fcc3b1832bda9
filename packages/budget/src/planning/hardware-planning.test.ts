import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balancedBatch, decodeStepTime, forwardFlops, modelFlopsUtilisation } from './hardware-speed.ts';
import { acceleratorCost, fitRuntimeProfile, idealizedRuntime } from './idealized-runtime.ts';
import { memoryAdvice } from './memory-advice.ts';
import { cacheBytesPerToken, memoryPlan, weightBytes } from './memory-plan.ts';
import { ggufBitsPerWeight, quantisationAdvice } from './quantisation-advice.ts';
import { sparseUtilisation } from './sparse-utilisation.ts';

const h100 = { count: 1, peakFlops: 989e12, bytesPerSecond: 3.35e12 };

describe('idealizedRuntime', () => {
  const davinci = {
    promptSeconds: { 1: 0.084, 128: 0.094, 192: 0.103, 256: 0.109, 320: 0.134, 512: 0.178, 1024: 0.323, 1920: 0.597 },
    secondsPerToken: 0.081,
  };

  it.each([
    [1, 1, 0.084],
    [100, 10, 0.802438],
    [300, 0, 0.125625],
    [512, 100, 8.197],
    [500, 64, 5.276828],
    [1000, 200, 16.43443],
    [1920, 1, 0.597],
    [2000, 10, 1.350875],
  ])('with %d tokens in and %d out', (inputTokens, outputTokens, seconds) => {
    expect(idealizedRuntime(davinci, { inputTokens, outputTokens })).toBeCloseTo(seconds, 6);
  });

  it('adds the overhead of an interface, and is 0 below a profile at no tokens', () => {
    const denoised = { ...davinci, overheadSeconds: 0.157 };
    expect(idealizedRuntime(denoised, { inputTokens: 512, outputTokens: 100 })).toBeCloseTo(8.354, 6);
    expect(idealizedRuntime(davinci, { inputTokens: 0, outputTokens: 0 })).toBe(0);
  });

  it('grows with the answer', () => {
    const tokens = fc.integer({ min: 0, max: 4000 });
    fc.assert(
      fc.property(tokens, tokens, (inputTokens, outputTokens) => {
        const seconds = (out: number): number => idealizedRuntime(davinci, { inputTokens, outputTokens: out });
        expect(seconds(outputTokens + 1)).toBeGreaterThanOrEqual(seconds(outputTokens));
      }),
      { seed: 1 },
    );
  });

  it('is fitted from measurements of its own form', () => {
    const grid = [1, 128, 512].flatMap((inputTokens) =>
      [1, 2, 8, 64].map((outputTokens) => ({
        inputTokens,
        outputTokens,
        seconds: idealizedRuntime(davinci, { inputTokens, outputTokens }),
      })),
    );
    const profile = fitRuntimeProfile(grid);
    expect(profile.secondsPerToken).toBeCloseTo(0.081, 9);
    expect(profile.promptSeconds).toEqual({ 1: 0.084, 128: 0.094, 512: 0.178 });
  });

  it('refuses an empty profile and one without first tokens', () => {
    const size = { inputTokens: 1, outputTokens: 1 };
    expect(() => idealizedRuntime({ promptSeconds: {}, secondsPerToken: 1 }, size)).toThrow(/^promptSeconds must hold/);
    expect(() => fitRuntimeProfile([{ inputTokens: 5, outputTokens: 2, seconds: 1 }])).toThrow(/none for 5/);
    expect(() => fitRuntimeProfile([{ ...size, seconds: 1 }])).toThrow(/two different output lengths/);
    expect(() => fitRuntimeProfile([])).toThrow(/two different output lengths/);
  });

  it('prices machines by the second', () => {
    expect(acceleratorCost(10, { count: 8, usdPerSecond: 0.001, watts: 400 })).toEqual({
      costUsd: 0.08,
      joules: 32_000,
    });
    expect(() => acceleratorCost(10, { count: 0 })).toThrow(/^count must be/);
  });
});

describe('memory', () => {
  const shape = { layers: 36, keyValueHeads: 8, headSize: 128 };

  it('of a cache is two vectors per layer and head', () => {
    expect(cacheBytesPerToken(shape)).toBe(147_456);
    // 32,000 and 32,768 tokens of it, in GiB.
    expect((cacheBytesPerToken(shape) * 32_000) / 2 ** 30).toBeCloseTo(4.3945, 4);
    expect((cacheBytesPerToken(shape) * 32_768) / 2 ** 30).toBe(4.5);
    expect(cacheBytesPerToken({ ...shape, bytesPerValue: 1 })).toBe(73_728);
  });

  it('of weights has groups and what is not quantised', () => {
    expect(weightBytes({ quantisedParameters: 4e9, bitsPerWeight: 4 })).toBe(2e9);
    const parts = { quantisedParameters: 4e9, bitsPerWeight: 4, groupOverhead: 0.05, unquantisedParameters: 1e8 };
    expect(weightBytes(parts)).toBeCloseTo(2.3e9, 0);
  });

  it('is planned so that what is said to fit does, and no more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 16 }), (gigabytes, parallel) => {
        const options = {
          weights: { quantisedParameters: 4e9, bitsPerWeight: ggufBitsPerWeight.q4_k_m },
          cache: shape,
          parallel,
          availableBytes: gigabytes * 1e9,
        };
        const { maxContextTokens } = memoryPlan({ ...options, contextTokens: 1000 });
        if (maxContextTokens > 0) expect(memoryPlan({ ...options, contextTokens: maxContextTokens }).fits).toBe(true);
        expect(memoryPlan({ ...options, contextTokens: maxContextTokens + 1 }).fits).toBe(false);
      }),
      { seed: 2 },
    );
  });

  it('goes to weights below 4 GB of them and to longer answers above', () => {
    expect(memoryAdvice({ parameters: 1.7e9, bitsPerWeight: 16 })).toEqual({
      effectiveBytes: 3.4e9,
      spendOn: 'weights',
      parallelSampling: false,
      shrinkCacheBy: 'eviction',
    });
    expect(memoryAdvice({ parameters: 4e9, bitsPerWeight: 8 })).toMatchObject({
      spendOn: 'generation',
      parallelSampling: true,
    });
    expect(memoryAdvice({ parameters: 14e9, bitsPerWeight: 8 }).shrinkCacheBy).toBe('either');
  });

  it('refuses what is no size', () => {
    expect(() => cacheBytesPerToken({ ...shape, layers: 0 })).toThrow(/^layers must be/);
    expect(() => weightBytes({ quantisedParameters: -1, bitsPerWeight: 4 })).toThrow(/^quantisedParameters must be/);
    expect(() => memoryAdvice({ parameters: 0, bitsPerWeight: 4 })).toThrow(/^parameters must be/);
  });
});

describe('quantisationAdvice', () => {
  it.each([
    ['a small reasoner', { work: 'reasoning', parameters: 1.7e9, availableBytes: 8e9 }, 16],
    ['a small reasoner in little memory', { work: 'reasoning', parameters: 1.7e9, availableBytes: 2e9 }, 8],
    ['a large reasoner', { work: 'reasoning', parameters: 8e9, availableBytes: 24e9 }, 8],
    ['a reasoner that only just fits', { work: 'reasoning', parameters: 14e9, availableBytes: 8e9 }, 4],
    ['recall', { work: 'knowledge', parameters: 14e9, availableBytes: 40e9 }, 4],
    [
      'recall where safety matters',
      { work: 'knowledge', parameters: 14e9, availableBytes: 40e9, safetyCritical: true },
      8,
    ],
    ['batches', { work: 'knowledge', parameters: 14e9, availableBytes: 40e9, serving: 'batch' }, 8],
    ['what does not fit', { work: 'knowledge', parameters: 70e9, availableBytes: 24e9 }, undefined],
  ] as const)('for %s', (_, question, bits) => {
    expect(quantisationAdvice(question).bits).toBe(bits);
  });

  it('takes 8-bit floats where the hardware has them, and asks for a safety run', () => {
    const question = { work: 'reasoning', parameters: 8e9, availableBytes: 40e9, serving: 'batch', fp8: true } as const;
    expect(quantisationAdvice(question)).toMatchObject({ format: 'FP8', notes: [] });
    expect(quantisationAdvice({ ...question, safetyCritical: true }).notes).toHaveLength(1);
  });

  it('never advises what does not fit, and nothing below 4 bits', () => {
    const question = fc.record({
      work: fc.constantFrom('reasoning' as const, 'knowledge' as const),
      parameters: fc.double({ min: 1e8, max: 1e11, noNaN: true }),
      availableBytes: fc.double({ min: 0, max: 1e11, noNaN: true }),
      serving: fc.constantFrom('single' as const, 'batch' as const),
      fp8: fc.boolean(),
      safetyCritical: fc.boolean(),
    });
    fc.assert(
      fc.property(question, (asked) => {
        const { bits } = quantisationAdvice(asked);
        if (bits === undefined) expect(asked.parameters / 2).toBeGreaterThan(asked.availableBytes);
        else expect((asked.parameters * bits) / 8).toBeLessThanOrEqual(asked.availableBytes);
      }),
      { seed: 3 },
    );
    expect(() => quantisationAdvice({ work: 'reasoning', parameters: 0, availableBytes: 1 })).toThrow(
      /^parameters must be/,
    );
  });
});

describe('hardware speed', () => {
  it('of decoding cannot beat reading the weights once', () => {
    const step = { parameters: 7e9, weightBytes: 14e9 };
    expect(decodeStepTime(step, h100).seconds).toBeCloseTo(0.00418, 5);
    expect(decodeStepTime(step, h100).boundBy).toBe('memory');
    const balanced = balancedBatch(h100, 2);
    expect(decodeStepTime({ ...step, batch: Math.ceil(balanced) + 1 }, h100).boundBy).toBe('arithmetic');
    expect(decodeStepTime({ ...step, batch: Math.floor(balanced) - 1 }, h100).boundBy).toBe('memory');
  });

  it('counts two operations a parameter, and attention by context', () => {
    const size = { parameters: 7e9, layers: 32, attentionSize: 4096 };
    expect(forwardFlops(size, 0)).toBe(1.4e10);
    expect(forwardFlops(size, 1000)).toBe(1.4e10 + 4 * 32 * 4096 * 1000);
    expect(modelFlopsUtilisation({ tokensPerSecond: 989e12 / 1.4e10, parameters: 7e9 }, h100)).toBeCloseTo(1, 12);
  });

  it('falls with neither batch nor context, and a token gets cheaper in a batch', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 512 }), fc.integer({ min: 0, max: 32_000 }), (batch, contextTokens) => {
        const step = { parameters: 7e9, weightBytes: 14e9, cacheBytesPerToken: 131_072, contextTokens };
        const now = decodeStepTime({ ...step, batch }, h100).seconds;
        const more = decodeStepTime({ ...step, batch: batch + 1 }, h100).seconds;
        expect(more).toBeGreaterThanOrEqual(now);
        expect(more / (batch + 1)).toBeLessThanOrEqual((now / batch) * (1 + 1e-12));
      }),
      { seed: 4 },
    );
    expect(() => decodeStepTime({ parameters: 7e9, weightBytes: 14e9 }, { ...h100, count: 0 })).toThrow(
      /^count must be/,
    );
    expect(() => balancedBatch(h100, 0)).toThrow(/^bytesPerWeight must be/);
  });
});

describe('sparseUtilisation', () => {
  const shape = {
    layers: 48,
    modelSize: 2048,
    expertSize: 768,
    expertsPerToken: 8,
    queryHeads: 32,
    keyValueHeads: 4,
    headSize: 128,
  };
  const measured = { contextTokens: 1000, secondsPerStep: 0.01 };

  it('counts what a step reads', () => {
    const result = sparseUtilisation(shape, measured, h100);
    expect(result.weightBytes).toBe(5_435_817_984);
    expect(result.cacheBytes).toBe(98_304_000);
    expect(result.bandwidth).toBeCloseTo(0.1652, 5);
  });

  it('counts all experts of a token in the arithmetic', () => {
    const one = sparseUtilisation({ ...shape, expertsPerToken: 1 }, { ...measured, contextTokens: 0 }, h100);
    const eight = sparseUtilisation(shape, { ...measured, contextTokens: 0 }, h100);
    const expert = 48 * 3 * 768 * 2048;
    expect((eight.arithmetic - one.arithmetic) * 989e12 * 0.01).toBeCloseTo(7 * expert * 2, -2);
    // At batch 1, every weight that is read takes two operations.
    expect(eight.arithmetic * 989e12 * 0.01).toBeCloseTo(eight.weightBytes, -2);
  });

  it('reads more as a batch touches more experts, for the same arithmetic of a token', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 127 }), (activatedExperts) => {
        const fewer = sparseUtilisation(shape, { ...measured, activatedExperts }, h100);
        const more = sparseUtilisation(shape, { ...measured, activatedExperts: activatedExperts + 1 }, h100);
        expect(more.bandwidth).toBeGreaterThan(fewer.bandwidth);
        expect(more.arithmetic).toBe(fewer.arithmetic);
      }),
      { seed: 5 },
    );
    expect(() => sparseUtilisation(shape, { secondsPerStep: 0 }, h100)).toThrow(/^secondsPerStep must be/);
  });
});
