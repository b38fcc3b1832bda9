import type { RunProgress } from '@tollgate/policy';
import { describe, expect, it } from 'vitest';
import { ProgressLine } from './progress-line.ts';

const at = (done: number, change: Partial<RunProgress> = {}): RunProgress => ({
  done,
  total: 10,
  passed: done - 1,
  spentUsd: 0.0123,
  leftUsd: 0.4877,
  elapsedSeconds: 1,
  ...change,
});

function lineOn(isTTY: boolean): {
  readonly line: ProgressLine;
  readonly written: string[];
  readonly tick: (ms: number) => void;
} {
  const written: string[] = [];
  let now = 0;
  const stream = { isTTY, write: (text: string) => written.push(text) };
  return { line: new ProgressLine(stream, () => now), written, tick: (ms) => (now += ms) };
}

describe('ProgressLine', () => {
  it('rewrites one line on a terminal, a few times a second at most, and always shows the end', () => {
    const { line, written, tick } = lineOn(true);
    line.show(at(1, { remainingSeconds: 42 }));
    tick(50);
    line.show(at(2));
    tick(60);
    line.show(at(3));
    line.show(at(10));
    line.end();
    expect(written).toEqual([
      '\r1/10 done  0 passed  $0.012 spent  $0.49 left  about 42 s to go\u001B[K',
      '\r3/10 done  2 passed  $0.012 spent  $0.49 left\u001B[K',
      '\r10/10 done  9 passed  $0.012 spent  $0.49 left\u001B[K',
      '\n',
    ]);
  });

  it('writes plain lines elsewhere, every few seconds, and none twice', () => {
    const { line, written, tick } = lineOn(false);
    line.show(at(1));
    tick(4999);
    line.show(at(2));
    tick(1);
    line.show(at(3));
    tick(5000);
    line.show(at(3));
    line.show(at(10));
    line.show(at(10));
    line.end();
    expect(written).toEqual(
      [1, 3, 10].map((done) => `${done}/10 done  ${done - 1} passed  $0.012 spent  $0.49 left\n`),
    );
  });

  it.each([
    [0.2, '1 s'],
    [89, '89 s'],
    [90, '2 min'],
    [3599, '60 min'],
    [5400, '1 h 30 min'],
    [36_061, '10 h 2 min'],
  ])('shows %d seconds as %s', (remainingSeconds, shown) => {
    const { line, written } = lineOn(false);
    line.show(at(1, { remainingSeconds }));
    expect(written[0]).toContain(`about ${shown} to go`);
  });
});
