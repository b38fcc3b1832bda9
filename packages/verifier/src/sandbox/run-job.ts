import type { ResolvedLimits } from './limits.ts';
import type { SandboxRun, SandboxStatus, TestRun } from './sandbox.ts';
import type { Job, SandboxWorker } from './worker-protocol.ts';

/** What came of a job on a worker. */
export interface JobOutcome {
  /** Absent: the signal fired first. */
  readonly run?: SandboxRun;
  /** The worker cannot take another job. */
  readonly spent: boolean;
}

/** Runs a job on a worker that nobody else uses, for as long as its time and the signal allow. Rejects where the worker cannot start. */
export function runJob(
  worker: SandboxWorker,
  job: Job,
  { limits, signal }: { readonly limits: ResolvedLimits; readonly signal: AbortSignal | undefined },
): Promise<JobOutcome> {
  return new Promise((resolve, reject) => {
    let begunMs: number | undefined;
    let timer: NodeJS.Timeout | undefined;
    let settled = false;
    const output: string[] = [];
    const tests: TestRun[] = [];
    const settle = (outcome: JobOutcome): void => {
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      resolve(outcome);
    };
    const end = (status: SandboxStatus, spent: boolean, error: string | undefined): void => {
      const seconds = (performance.now() - (begunMs ?? Number.NaN)) / 1000;
      settle({
        run: { status, output: output.join(''), ...(error !== undefined && { error }), tests, seconds },
        spent,
      });
    };
    const abort = (): void => settle({ spent: begunMs !== undefined });
    const begin = (): void => {
      if (settled) return;
      begunMs = performance.now();
      const { wallMs } = limits;
      timer = setTimeout(() => end('timeout', true, `Timeout: it took longer than ${wallMs} ms`), wallMs);
      worker.run(job, (event) => {
        if (settled) return;
        if ('output' in event) output.push(event.output);
        else if ('passed' in event) tests.push(event);
        else end(event.status, event.spent, event.error);
      });
    };
    if (signal?.aborted === true) {
      abort();
      return;
    }
    signal?.addEventListener('abort', abort);
    worker.ready.then(begin, (error: unknown) => {
      signal?.removeEventListener('abort', abort);
      reject(error);
    });
  });
}
