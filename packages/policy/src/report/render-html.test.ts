import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleReport } from './__fixtures__/example-report.ts';
import { renderHtml } from './render-html.ts';
import type { RunReport, StrategyReport } from './run-report.ts';

const report = exampleReport();
const page = renderHtml(report);
const [first] = report.strategies;
const renamed = (name: string): RunReport => ({
  ...report,
  models: [{ ...(report.models[0] as RunReport['models'][number]), name, modelId: name }],
  strategies: [{ ...(first as StrategyReport), name, spendByModel: { [name]: (first as StrategyReport).costUsd } }],
  notes: [name],
});

describe('renderHtml', () => {
  it('needs nothing from anywhere', () => {
    expect(page).not.toMatch(/https?:|\/\/|src=|href=|url\(|@import|<script|<link|<img|\son\w+=/i);
  });

  it('closes every element it opens', () => {
    expect(unclosed(page)).toEqual([]);
  });

  it('is the same for the same report', () => {
    expect(renderHtml(exampleReport())).toBe(page);
    expect(renderHtml(JSON.parse(JSON.stringify(report)) as RunReport)).toBe(page);
  });

  it('shows every strategy as a point with its figures, and in the table', () => {
    for (const { name } of report.strategies) {
      expect(page).toContain(`<title>${name}`);
      expect(page).toContain(`<th scope="row" class="text">${name}`);
    }
    expect(count(page, /<circle class="point [a-z]+" cx="[\d.]+" cy="[\d.]+" r="5"><title>/g)).toBe(
      2 * report.strategies.length,
    );
  });

  it('draws oracles apart and says what they are, wherever they are shown', () => {
    const wide = page.slice(page.indexOf('<div class="wide">'), page.indexOf('<div class="narrow">'));
    expect(wide).toMatch(/class="name oracle"[^>]*>[^<]*oracle verifier</);
    expect(wide).toContain('<circle class="point oracle"');
    expect(page).toContain('<span class="label">oracle verifier</span>');
    expect(page.slice(page.indexOf('Where each dollar went'))).toMatch(/class="name oracle".*oracle verifier</);
    expect(page.slice(0, page.indexOf('Accuracy against cost'))).not.toContain(':oracle');
    expect(renderHtml({ ...report, strategies: report.strategies.slice(0, 3) })).not.toContain('oracle verifier');
  });

  it('joins the points of the frontier, in order of cost', () => {
    const stairs = /<path class="stairs" d="M([\d.]+) ([\d.]+)((?:H[\d.]+V[\d.]+)*)H/.exec(page);
    const steps = [...(stairs?.[3] ?? '').matchAll(/H([\d.]+)V([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
    const corners = [[Number(stairs?.[1]), Number(stairs?.[2])], ...steps];
    expect(corners).toHaveLength(4);
    for (const [i, [x = 0, y = 0]] of corners.slice(1).entries()) {
      expect(x).toBeGreaterThan(corners[i]?.[0] ?? Number.NaN);
      expect(y).toBeLessThan(corners[i]?.[1] ?? Number.NaN);
    }
  });

  it('says the headline figures, the money, the prices and the notes in words', () => {
    const text = page.replace(/<[^>]+>/g, ' ').replaceAll('\u00a0', ' ');
    for (const words of [
      'vote:qwen-1.5b:6, for $0.81 per 1,000 tasks; interval 85 to 95 %',
      'single:qwen-1.5b passes 84.2 %, 5.8 points fewer',
      'of a cap of $1.00, in 3,911 attempts; $0.00 still held',
      '$0.12 per hour of machine and 65 W at $0.30 per kWh',
      'Answers were cut at 256 tokens',
    ]) {
      expect(text).toContain(words);
    }
  });

  it('spends the whole bar: the parts of a strategy add up to the length of its cost', () => {
    const svg = page.slice(page.indexOf('Money spent by each strategy'));
    const row = /<\/tspan> model-switch.*/.exec(svg)?.[0] ?? '';
    const rects = [...row.matchAll(/<rect[^>]* x="([\d.]+)"[^>]* width="([\d.]+)"/g)].map(
      ([, x, width]) => [Number(x), Number(width)] as const,
    );
    expect(rects).toHaveLength(3);
    expect(rects[1]?.[0]).toBeCloseTo((rects[0]?.[0] ?? 0) + (rects[0]?.[1] ?? 0), 0);
    expect(rects.reduce((sum, [, width]) => sum + width, 0)).toBeCloseTo(1040 * 0.32, 0);
  });

  it.each(['<script>alert(1)</script>', '" onload="x', "a & b's <b>"])('shows the name %j as text', (name) => {
    const escaped = renderHtml(renamed(name));
    expect(escaped).not.toContain(name);
    expect(unclosed(escaped)).toEqual([]);
  });

  it('is well formed whatever names hold', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(unclosed(renderHtml(renamed(name)))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('shows what is free, what never passed, what ran nothing, and a run without strategies', () => {
    const base = first as StrategyReport;
    const free: StrategyReport = {
      ...base,
      name: 'free',
      costPerTaskUsd: 0,
      costPerTaskCi95: [0, 0],
      costUsd: 0,
      spendByModel: {},
    };
    const never: StrategyReport = {
      ...base,
      name: 'never',
      accuracy: 0,
      accuracyCi95: [0, 0.1],
      costOfPassUsd: null,
      costOfPassCi95: null,
    };
    const idle: StrategyReport = {
      ...base,
      name: 'idle',
      accuracy: Number.NaN,
      costPerTaskUsd: Number.NaN,
      costUsd: 0,
      answered: 0,
      abstained: 0,
    };
    for (const strategies of [[free, never, idle], [free], [idle], []]) {
      const odd = renderHtml({ ...report, strategies, models: [] });
      expect(odd).not.toMatch(/NaN|Infinity|undefined|null/);
      expect(unclosed(odd)).toEqual([]);
    }
  });
});

function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length;
}

/** Names of elements that are opened and not closed, or closed and not opened. */
function unclosed(html: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [tag, closing, name = '', selfClosing] of html.matchAll(
    /<(\/?)([a-z][a-z0-9]*)(?:\s+[a-z-]+(?:="[^"<>]*")?)*\s*(\/?)>|<(?!!doctype)/gi,
  )) {
    if (name === '') wrong.push(tag);
    else if (closing === '/') {
      if (open.pop() !== name) wrong.push(tag);
    } else if (selfClosing !== '/' && name !== 'meta') open.push(name);
  }
  return [...wrong, ...open];
}
