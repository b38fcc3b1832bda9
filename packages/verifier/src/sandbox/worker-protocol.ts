import type { SandboxStatus } from './sandbox.ts';

/** A program as it goes to a worker. */
export interface Job {
  readonly source: string;
  /** Absent: run the source as a script. */
  readonly tests?: readonly string[];
  readonly keepGoing: boolean;
  readonly compileOnly: boolean;
  readonly memoryBytes: number;
  readonly outputBytes: number;
  readonly cpuMs?: number;
}

/** The last that a worker says about a job. */
export interface JobEnd {
  readonly status: SandboxStatus;
  readonly error?: string;
  /** The worker cannot take another job. */
  readonly spent: boolean;
}

/** What a worker says while it runs a job. */
export type JobEvent = { readonly output: string } | { readonly passed: boolean; readonly error?: string } | JobEnd;

/** Something apart from this thread that runs one job at a time. */
export interface SandboxWorker {
  /** Resolves when it can take jobs; rejects when it cannot be started. */
  readonly ready: Promise<void>;
  /** Resolves when nothing of it is left. */
  readonly gone: Promise<void>;
  /** Runs a job. The last event has a `status`, also where the worker dies. */
  run(job: Job, tell: (event: JobEvent) => void): void;
  /** Ends it at once. */
  kill(): void;
  /** Whether it keeps this process alive. */
  hold(busy: boolean): void;
}
