import { formatUsd, nanoFromUsd } from '@tollgate/budget';
import type { RunProgress } from '@tollgate/policy';

const plainEveryMs = 5000;

/** Where progress goes: a terminal, or anything that takes text. */
type ProgressStream = Pick<NodeJS.WriteStream, 'isTTY'> & { write(text: string): unknown };

/** Shows how far a run is: one line that is rewritten on a terminal, a plain line now and then elsewhere. */
export class ProgressLine {
  readonly #stream: ProgressStream;
  readonly #now: () => number;
  #shownAt = Number.NEGATIVE_INFINITY;
  #shown = '';

  constructor(stream: ProgressStream, now: () => number) {
    this.#stream = stream;
    this.#now = now;
  }

  show(progress: RunProgress): void {
    const line = lineOf(progress);
    const now = this.#now();
    if (this.#stream.isTTY) {
      if (now - this.#shownAt < 100 && progress.done < progress.total) return;
      this.#stream.write(`\r${line}\u001B[K`);
    } else {
      if (now - this.#shownAt < plainEveryMs && progress.done < progress.total) return;
      if (line === this.#shown) return;
      this.#stream.write(`${line}\n`);
    }
    this.#shownAt = now;
    this.#shown = line;
  }

  /** Leaves the line, so that what follows starts on its own. */
  end(): void {
    if (this.#stream.isTTY && this.#shown !== '') this.#stream.write('\n');
  }
}

function lineOf(progress: RunProgress): string {
  const { done, total, passed, remainingSeconds } = progress;
  const parts = [
    `${done}/${total} done`,
    `${passed} passed`,
    `${usd(progress.spentUsd)} spent`,
    `${usd(progress.leftUsd)} left`,
  ];
  if (remainingSeconds !== undefined && done < total) parts.push(`about ${duration(remainingSeconds)} to go`);
  return parts.join('  ');
}

function usd(amount: number): string {
  return formatUsd(nanoFromUsd(Math.round(amount * 1e9) / 1e9));
}

/** Seconds as `42 s`, `3 min`, `1 h 20 min`. */
function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
