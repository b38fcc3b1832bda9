import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startWatchdog } from './watchdog.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('startWatchdog', () => {
  it('fires when nothing is heard for as long as it waits', () => {
    const watchdog = startWatchdog({ idleTimeoutMs: 100 });
    vi.advanceTimersByTime(99);
    expect(watchdog.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(watchdog.signal.aborted).toBe(true);
    expect(watchdog.expired).toBe('was silent for idleTimeoutMs (100)');
  });

  it('waits again from every sign of life', () => {
    const watchdog = startWatchdog({ idleTimeoutMs: 100 });
    for (let i = 0; i < 10; i += 1) {
      vi.advanceTimersByTime(60);
      watchdog.touch();
    }
    expect(watchdog.signal.aborted).toBe(false);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(100);
    expect(watchdog.signal.aborted).toBe(true);
  });

  it('fires after the total time, however lively the other side', () => {
    const watchdog = startWatchdog({ idleTimeoutMs: 100, timeoutMs: 250 });
    for (let i = 0; i < 5; i += 1) {
      vi.advanceTimersByTime(50);
      watchdog.touch();
    }
    expect(watchdog.expired).toBe('took longer than timeoutMs (250)');
  });

  it('follows the signal of the caller without having expired', () => {
    const controller = new AbortController();
    const watchdog = startWatchdog({ idleTimeoutMs: 100 }, controller.signal);
    controller.abort(new Error('enough'));
    expect(watchdog.signal.reason).toEqual(new Error('enough'));
    expect(watchdog.expired).toBeUndefined();
    watchdog.stop();
  });

  it('has fired from the start where the caller had given up before', () => {
    const reason = new Error('too late');
    const watchdog = startWatchdog({ idleTimeoutMs: 100 }, AbortSignal.abort(reason));
    expect(watchdog.signal.reason).toBe(reason);
    watchdog.stop();
  });

  it('tells everybody who listens, functions and objects, and nobody who has left', () => {
    const heard: string[] = [];
    const controller = new AbortController();
    const watchdog = startWatchdog({ idleTimeoutMs: 100 }, controller.signal);
    const left = (): void => void heard.push('left');
    const listeners = [left, () => void heard.push('function'), { handleEvent: () => void heard.push('object') }];
    for (const listener of listeners) watchdog.addEventListener('abort', listener, { once: true });
    watchdog.removeEventListener('abort', left);
    controller.abort();
    vi.advanceTimersByTime(100);
    expect(heard).toEqual(['function', 'object']);
    watchdog.stop();
  });

  it('leaves no timer and no listener behind and never fires once it is stopped', () => {
    const controller = new AbortController();
    const watchdog = startWatchdog({ idleTimeoutMs: 100 }, controller.signal);
    watchdog.stop();
    controller.abort();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(1000);
    expect(watchdog.signal.aborted).toBe(false);
  });
});
