import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openCassette } from '@tollgate/sdk/cassettes';
import { describe, expect, it } from 'vitest';
import { instruction, programRequest } from './program-request.ts';
import { readRecords } from '../read-lines.ts';
import { recordings } from './recorded-programs.ts';
import { yesNoScores } from './yes-no-scores.ts';

interface Line {
  readonly kind: string;
  readonly key?: string;
  readonly prompt?: { readonly user?: string };
  readonly samples?: readonly unknown[];
}

describe('recorded programs', () => {
  const file = join(recordings, 'humaneval-qwen2.5-coder-0.5b.jsonl.gz');
  const calls = readRecords<Line>(file).filter(({ kind }) => kind === 'call');

  it('are ten for each of 64 problems', () => {
    const samples = Map.groupBy(calls, ({ key }) => key);
    expect(samples.size).toBe(64);
    for (const lines of samples.values()) {
      expect(lines.reduce((sum, line) => sum + (line.samples?.length ?? 0), 0)).toBe(10);
    }
  });

  it('hold no text of the data set but what the model wrote', () => {
    for (const { prompt } of calls) if (prompt !== undefined) expect(instruction).toContain(prompt.user);
  });

  it('answer no other prompt', async () => {
    const cassette = await openCassette(file, { mode: 'replay' });
    const [name = ''] = cassette.models;
    expect(cassette.recordedSamples(name, programRequest({ prompt: 'def another():' }))).toBe(0);
  });

  it.each(['qwen2.5-coder-0.5b', 'qwen2.5-coder-1.5b'])('have a score of %s each', (judge) => {
    const lines = [...yesNoScores(judge).values()];
    expect(lines.length).toBe(64);
    for (const { scores, seconds } of lines) expect([scores.length, seconds.length]).toEqual([10, 10]);
  });

  it('stay small', () => {
    const bytes = readdirSync(recordings).map((name) => statSync(join(recordings, name)).size);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(5e6);
  });
});
