import { systemClock } from '../leaf/system-clock.ts';

const momentMs = 10;

/**
 * Gives whoever reads a moment for what was sent. A stream that fails takes what was not read yet along, and a test is to see
 * a connection that is cut behind a byte, not somewhere before it.
 */
export async function letRead(): Promise<void> {
  await systemClock.sleep(momentMs);
}
