import { describe, expect, it } from 'vitest';
import { showCount, showPercent, showUsd } from './show-number.ts';
import { usdColumn } from './usd-column.ts';

describe('showUsd', () => {
  it.each([
    [0, '$0.00'],
    [12.345, '$12.35'],
    [0.1, '$0.10'],
    [0.0999, '$0.100'],
    [0.05, '$0.050'],
    [0.00017, '$0.00017'],
    [0.0002, '$0.00020'],
    [0.0000000012, '$0.0000000012'],
  ])('%d → %s', (usd, text) => {
    expect(showUsd(usd)).toBe(text);
  });
});

describe('showCount and showPercent', () => {
  it('separate thousands', () => {
    expect([0, 999, 1000, 4_872_520].map(showCount)).toEqual(['0', '999', '1,000', '4,872,520']);
  });

  it('show one decimal', () => {
    expect([0, 0.8416, 1].map((share) => showPercent(share))).toEqual(['0.0', '84.2', '100.0']);
  });
});

describe('usdColumn', () => {
  it('gives all amounts the decimals that the smallest one needs', () => {
    expect([0.012, 1.12, 0].map(usdColumn([0.012, 1.12, 0]))).toEqual(['0.012', '1.120', '0.000']);
    expect([12, 3.456].map(usdColumn([12, 3.456]))).toEqual(['12.00', '3.46']);
    expect([0].map(usdColumn([]))).toEqual(['0.00']);
  });

  it('never shows a positive amount as nothing', () => {
    expect(usdColumn([1])(0.001)).toBe('<0.01');
    expect(usdColumn([1e-12, 1])(1e-12)).toBe('<0.0000001');
  });
});
