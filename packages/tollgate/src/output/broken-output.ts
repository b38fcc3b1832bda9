import { exitCodes } from '../exit-codes.ts';

/** Ends the command when its output cannot be written: in silence where the reader went away, as `head` does. */
export function endOnBrokenOutput(): void {
  // Progress that nobody reads is no reason to stop working.
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    process.stderr.write(`tollgate: the output could not be written: ${error.message}\n`);
    process.exit(exitCodes.failed);
  });
}
