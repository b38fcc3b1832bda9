/**
 * A signal that fires on the first Ctrl-C: what runs is settled and the summary is printed. The second Ctrl-C ends the
 * process at once.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const onInterrupt = (): void => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write('\nstopping: settling what runs (press Ctrl-C again to stop at once)\n');
    controller.abort(new Error('interrupted'));
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  return controller.signal;
}
