import { TollgateError } from '@tollgate/sdk';
import type { SandboxRun } from '../sandbox/sandbox.ts';
import type { SourceVerdict } from './source-scorer.ts';

/** The verdict on a run; `error` where the sandbox failed, which says nothing about the program. */
export async function sandboxVerdict(
  run: Promise<SandboxRun>,
  verdictOn: (run: SandboxRun) => SourceVerdict,
): Promise<SourceVerdict> {
  try {
    const ended = await run;
    return { ...verdictOn(ended), seconds: ended.seconds };
  } catch (error) {
    if (!TollgateError.isInstance(error) || error.code !== 'sandbox-unavailable') throw error;
    return { status: 'error', evidence: { error: error.message } };
  }
}
