import { availableParallelism } from 'node:os';
import { AbortedError, InvalidOptionError, TollgateError } from '@tollgate/sdk';
import { type ResolvedLimits, resolveLimits } from './limits.ts';
import { runJob } from './run-job.ts';
import type { CodeLanguage, Program, Sandbox, SandboxLimits, SandboxRun, SandboxRunOptions } from './sandbox.ts';
import type { Job, SandboxWorker } from './worker-protocol.ts';

/** What every sandbox may be given. */
export interface SandboxOptions {
  /** Programs that run at once, each in a worker of its own. Whole number in [1, 1024]. @defaultValue the processor's cores */
  readonly concurrency?: number;
  /** What a program may use at most. */
  readonly limits?: SandboxLimits;
}

interface Tier {
  readonly name: string;
  readonly language: CodeLanguage;
  /** Processor time can be bounded. */
  readonly keepsCpu: boolean;
  /** Finds what workers need, and gives what starts one. Rejects where that is missing. */
  prepare(): Promise<() => SandboxWorker>;
}

/** A sandbox over workers that are kept ready. A worker that died, or may be no longer clean, is replaced. */
export class SandboxPool implements Sandbox {
  readonly name: string;
  readonly language: CodeLanguage;
  readonly concurrency: number;
  readonly #tier: Tier;
  readonly #limits: ResolvedLimits;
  #prepared: Promise<() => SandboxWorker> | undefined;
  readonly #idle: SandboxWorker[] = [];
  readonly #workers = new Set<SandboxWorker>();
  readonly #waiting: ((worker: SandboxWorker | undefined) => void)[] = [];
  #closed = false;

  constructor(tier: Tier, { concurrency = availableParallelism(), limits }: SandboxOptions) {
    if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 1024) {
      throw new InvalidOptionError(
        'concurrency',
        `concurrency must be a whole number in [1, 1024], received ${concurrency}.`,
      );
    }
    this.name = tier.name;
    this.language = tier.language;
    this.concurrency = concurrency;
    this.#tier = tier;
    this.#limits = resolveLimits(limits, tier);
  }

  async run(program: Program, options: SandboxRunOptions = {}): Promise<SandboxRun> {
    const { signal, keepGoing = false, compileOnly = false } = options;
    const limits = resolveLimits(options.limits, { base: this.#limits, keepsCpu: this.#tier.keepsCpu });
    const { memoryBytes, outputBytes, cpuMs } = limits;
    const job: Job = {
      source: program.source,
      ...(program.tests !== undefined && { tests: program.tests }),
      keepGoing,
      compileOnly,
      memoryBytes,
      outputBytes,
      ...(cpuMs !== undefined && { cpuMs }),
    };
    if (this.#closed || signal?.aborted === true) throw this.#refusal(signal);
    const start = await (this.#prepared ??= this.#tier.prepare());
    const worker = await this.#take(start, signal);
    let spent = true;
    try {
      worker.hold(true);
      const outcome = await runJob(worker, job, { limits, signal });
      ({ spent } = outcome);
      if (outcome.run !== undefined && !this.#closed) return outcome.run;
    } catch (error) {
      if (!this.#closed) throw error;
    } finally {
      this.#giveBack(worker, spent, start);
    }
    throw this.#refusal(signal);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#waiting.splice(0)) wake(undefined);
    const workers = [...this.#workers];
    for (const worker of workers) {
      // Else this process could end before they have.
      worker.hold(true);
      worker.kill();
    }
    await Promise.all(workers.map(({ gone }) => gone));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A worker that nobody else has. */
  async #take(start: () => SandboxWorker, signal: AbortSignal | undefined): Promise<SandboxWorker> {
    if (this.#closed || signal?.aborted === true) throw this.#refusal(signal);
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#workers.size < this.concurrency) return this.#add(start());
    const { promise, resolve } = Promise.withResolvers<SandboxWorker | undefined>();
    const leave = (): void => {
      const place = this.#waiting.indexOf(resolve);
      if (place !== -1) this.#waiting.splice(place, 1);
      resolve(undefined);
    };
    this.#waiting.push(resolve);
    signal?.addEventListener('abort', leave);
    const worker = await promise;
    signal?.removeEventListener('abort', leave);
    if (worker === undefined) throw this.#refusal(signal);
    return worker;
  }

  /** Why a program gets no result: this sandbox was closed, or else its signal fired. */
  #refusal(signal: AbortSignal | undefined): TollgateError {
    if (this.#closed) return new TollgateError('closed', `The sandbox "${this.name}" was closed.`);
    return new AbortedError('The program was aborted.', { cause: signal?.reason });
  }

  #add(worker: SandboxWorker): SandboxWorker {
    // Who runs a job on it hears of it; a worker that nobody waits for must not end this process.
    worker.ready.catch(() => undefined);
    void worker.gone.then(() => this.#forget(worker));
    this.#workers.add(worker);
    return worker;
  }

  #forget(worker: SandboxWorker): void {
    this.#workers.delete(worker);
    const place = this.#idle.indexOf(worker);
    if (place !== -1) this.#idle.splice(place, 1);
  }

  #giveBack(worker: SandboxWorker, spent: boolean, start: () => SandboxWorker): void {
    let next = worker;
    if (spent) {
      worker.kill();
      this.#forget(worker);
      if (this.#closed) return;
      // It starts while nobody waits for it.
      next = this.#add(start());
    }
    next.hold(false);
    const wake = this.#waiting.shift();
    if (wake === undefined) this.#idle.push(next);
    else wake(next);
  }
}
