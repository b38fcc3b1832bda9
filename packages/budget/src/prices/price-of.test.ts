import { UnknownPriceError, type Usage } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nanoOf } from '../money/nano-usd.ts';
import { anyUsage } from './__fixtures__/usages.ts';
import { builtInPrices } from './price-book.ts';
import { priceOf } from './price-of.ts';

const at = Date.parse('2026-11-24T12:00Z');
const openai = (modelId: string): { provider: string; modelId: string } => ({ provider: 'openai', modelId });
const anthropic = (modelId: string): { provider: string; modelId: string } => ({ provider: 'anthropic', modelId });
const million = 1_000_000;

describe('priceOf: the worked examples, to the nano-dollar', () => {
  it.each<[string, Usage, { provider: string; modelId: string }, string]>([
    [
      'Opus 5.5 with both lifetimes of cache writes',
      {
        inputUncached: 1000,
        cacheWrite: { total: 3000, byTtl: { '5m': 1000, '1h': 2000 } },
        cacheRead: 20_000,
        outputText: 500,
      },
      anthropic('claude-opus-5-5'),
      '39000000',
    ],
    [
      'gpt-6-sol: 24,000 in, of them 20,000 read and 3,000 written',
      { inputUncached: 1000, cacheRead: 20_000, cacheWrite: { total: 3000 }, outputText: 500 },
      openai('gpt-6-sol'),
      '18500000',
    ],
    [
      'gpt-6-sol: a million in and out is a long request',
      { inputUncached: million, outputText: million },
      openai('gpt-6-sol'),
      '19000000000',
    ],
    [
      'gpt-6-sol: 100,000 in, of them 50,000 read and 20,000 written, 100,000 out',
      { inputUncached: 30_000, cacheRead: 50_000, cacheWrite: { total: 20_000 }, outputText: 100_000 },
      openai('gpt-6-sol'),
      '1120000000',
    ],
    [
      'Fable 5.1: the same',
      {
        inputUncached: 30_000,
        cacheRead: 50_000,
        cacheWrite: { total: 20_000, byTtl: { '5m': 20_000 } },
        outputText: 100_000,
      },
      anthropic('claude-fable-5-1'),
      '5562500000',
    ],
    [
      'Sonnet 4.5: 250,000 in are long',
      { inputUncached: 250_000, outputText: 0 },
      anthropic('claude-sonnet-4-5'),
      '1500000000',
    ],
    [
      'gpt-5.5: a million in and out',
      { inputUncached: million, outputText: million },
      openai('gpt-5.5'),
      '55000000000',
    ],
    [
      'Haiku 5.5 up to 100,000',
      { inputUncached: 100_000, outputText: 1000 },
      anthropic('claude-haiku-5-5'),
      '10500000',
    ],
    ['Haiku 5.5 above it', { inputUncached: 100_001, outputText: 1000 }, anthropic('claude-haiku-5-5'), '52500500'],
    [
      'Opus 5.5 in fast mode',
      { inputUncached: million, outputText: million, billed: { speed: 'fast' } },
      anthropic('claude-opus-5-5'),
      '48000000000',
    ],
    [
      'Opus 5.5 in a batch',
      { inputUncached: million, outputText: million, billed: { tier: 'batch' } },
      anthropic('claude-opus-5-5'),
      '12000000000',
    ],
    [
      'gpt-6-sol at priority',
      { inputUncached: 1000, outputText: 1000, billed: { tier: 'priority' } },
      openai('gpt-6-sol'),
      '24000000',
    ],
    [
      'gpt-6-sol at flex',
      { inputUncached: 1000, outputText: 1000, billed: { tier: 'flex' } },
      openai('gpt-6-sol'),
      '6000000',
    ],
    [
      'a thousand searches',
      { inputUncached: 0, outputText: 0, units: { web_search_requests: 1000 } },
      anthropic('claude-opus-5-5'),
      '10000000000',
    ],
  ])('%s', (...[, usage, model, nanoUsd]) => {
    const price = priceOf(usage, model, { at });
    expect(price.amount.nanoUsd).toBe(nanoUsd);
    expect(price.known).toBe('list');
  });
});

describe('priceOf', () => {
  it('shows the multiplication line by line, and where each price comes from', () => {
    const usage: Usage = {
      inputUncached: 1000,
      cacheRead: 20_000,
      cacheWrite: { total: 3000 },
      outputText: 400,
      outputReasoning: 100,
      units: { web_search: 2 },
      billed: { tier: 'priority' },
    };
    const { amount, lines, entry } = priceOf(usage, openai('gpt-6-sol'), { at });
    expect(lines.map(({ what, tokens, usdPerMillion, amount: { usd } }) => [what, tokens, usdPerMillion, usd])).toEqual(
      [
        ['input', 1000, '4', 0.004],
        ['cache read', 20_000, '0.4', 0.008],
        ['cache write', 3000, '5', 0.015],
        ['output', 400, '20', 0.008],
        ['reasoning', 100, '20', 0.002],
        ['web_search', 2, '10000', 0.02],
      ],
    );
    expect(amount.usd).toBe(0.057);
    expect(entry).toMatchObject({
      provider: 'openai',
      model: 'gpt-6-sol',
      from: '2026-09-22',
      factors: { 'tier priority': '2' },
      source: { checked: '2026-11-24' },
    });
    expect(entry).not.toHaveProperty('overInputTokens');
  });

  it('takes the tier from the options where the usage names none', () => {
    const usage = { inputUncached: million, outputText: 0 };
    expect(priceOf(usage, openai('gpt-6-sol'), { at, tier: 'batch' }).amount.usd).toBe(2);
    expect(
      priceOf({ ...usage, billed: { tier: 'default' } }, openai('gpt-6-sol'), { at, tier: 'batch' }).amount.usd,
    ).toBe(4);
  });

  it.each([
    ['2026-07-29', 1],
    ['2026-07-30', 0.2],
  ])('uses the price of the day: %s', (day, usd) => {
    const price = priceOf({ inputUncached: 200_000, outputText: 0 }, openai('gpt-5.6-luna'), { at: Date.parse(day) });
    expect(price.amount.usd * 5).toBeCloseTo(usd);
  });

  it('says when the price ends that it used', () => {
    const { entry } = priceOf({ inputUncached: 1, outputText: 0 }, openai('gpt-5.6-luna'), {
      at: Date.parse('2026-07-29'),
    });
    expect(entry.until).toBe('2026-07-30');
  });

  it('refuses a day before the model had a price', () => {
    const price = (): unknown =>
      priceOf({ inputUncached: 1, outputText: 0 }, openai('gpt-6-sol'), { at: Date.parse('2026-09-21') });
    expect(price).toThrow(UnknownPriceError);
    expect(price).toThrow(
      /No price of openai\/gpt-6-sol is known for 2026-09-21T00:00:00.000Z; the first begins 2026-09-22/,
    );
  });

  it.each([
    ['2026-11-24T00:49Z', 0.15],
    ['2026-11-24T00:50Z', 0.3],
    ['2026-11-24T03:59Z', 0.3],
    ['2026-11-24T04:00Z', 0.15],
    ['2026-11-21T02:00Z', 0.15],
    ['2026-11-22T02:00Z', 0.15],
    ['2026-11-23T02:00Z', 0.3],
  ])('charges peak hours on working days, ten minutes early: %s', (moment, usd) => {
    const price = priceOf(
      { inputUncached: million, outputText: 0 },
      { provider: 'deepseek', modelId: 'deepseek-flash' },
      { at: Date.parse(moment) },
    );
    expect(price.amount.usd).toBe(usd);
    expect('peak hours' in price.entry.factors).toBe(usd === 0.3);
  });

  it('refuses a tier, a speed, a region and a unit without a price, and names those that have one', () => {
    const price = (usage: Usage) => (): unknown =>
      priceOf({ inputUncached: 1, outputText: 1, ...usage }, anthropic('claude-opus-5-5'), { at });
    expect(price({ billed: { tier: 'priority' } })).toThrow(
      /at tier "priority" is not known; it is for default, standard, standard_only, batch, auto/,
    );
    expect(price({ billed: { speed: 'warp' } })).toThrow(/at speed "warp"/);
    expect(price({ billed: { region: 'moon' } })).toThrow(/at region "moon"/);
    expect(price({ units: { code_execution_hours: 1 } })).toThrow(
      /bills "code_execution_hours" apart.*known units: web_search_requests/,
    );
    expect(price({ units: { code_execution_hours: 0 } })).not.toThrow();
  });

  it.each<Usage>([
    {},
    { inputUncached: 1 },
    { outputText: 1 },
    { inputUncached: -1, outputText: 1 },
    { inputUncached: Number.NaN, outputText: 1 },
  ])('refuses a usage that leaves open what may cost: %j', (usage) => {
    expect(() => priceOf(usage, openai('gpt-6-sol'), { at })).toThrow(UnknownPriceError);
  });

  it('adds its lines up to its amount, for every model and usage', () => {
    const models = builtInPrices().models();
    fc.assert(
      fc.property(
        fc.nat(models.length - 1),
        anyUsage,
        fc.constantFrom(undefined, 'batch', 'auto'),
        (i, usage, tier) => {
          const listed = models[i];
          if (listed === undefined) return;
          const model = { provider: listed.provider, modelId: listed.prices.model };
          try {
            const { amount, lines } = priceOf({ ...usage, ...(tier !== undefined && { billed: { tier } }) }, model, {
              at,
            });
            expect(lines.reduce((sum, line) => sum + nanoOf(line.amount), 0n)).toBe(nanoOf(amount));
          } catch (error) {
            expect(error).toBeInstanceOf(UnknownPriceError);
          }
        },
      ),
      { numRuns: 2000, seed: 1 },
    );
  });

  it('does not drift over a million additions', () => {
    const price = nanoOf(
      priceOf({ inputUncached: 1, cacheRead: 1, outputText: 1 }, openai('gpt-6-sol'), { at }).amount,
    );
    let sum = 0n;
    for (let i = 0; i < million; i += 1) sum += price;
    expect(price).toBe(12_200n);
    expect(sum).toBe(price * BigInt(million));
  });
});
