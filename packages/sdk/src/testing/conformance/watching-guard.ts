import type { CallContext } from '../../spec/context.ts';
import type { Permit, SpendAsk, SpendGuard } from '../../spec/spend-guard.ts';
import { guardedContext, rootContext } from '../../leaf/call-context.ts';
import { holds } from './expectations.ts';

const nothing = { usd: 0, nanoUsd: '0' };

/** A guard that admits everything, and sees that every permit is ended once. */
export class WatchingGuard implements SpendGuard {
  readonly ledgerId = 'conformance';
  /** What happened, in order: `admit`, `settle`, `release`, and whatever a case adds. */
  readonly log: string[] = [];
  readonly #open = new Map<string, number>();
  readonly #onAdmit: (() => void) | undefined;

  constructor(onAdmit?: () => void) {
    this.#onAdmit = onAdmit;
  }

  get context(): CallContext {
    return guardedContext(rootContext(), this);
  }

  get admitted(): number {
    return this.log.filter((entry) => entry === 'admit').length;
  }

  combine(): SpendGuard {
    return this;
  }

  async admit({ attemptId, request }: SpendAsk): Promise<Permit> {
    this.log.push('admit');
    this.#open.set(attemptId, (this.#open.get(attemptId) ?? 0) + 1);
    this.#onAdmit?.();
    const end = (how: string): void => {
      this.log.push(how);
      this.#open.set(attemptId, (this.#open.get(attemptId) ?? 0) - 1);
    };
    return {
      request,
      fitted: false,
      settle: async () => {
        end('settle');
        return { cost: nothing, priceKnown: 'override' };
      },
      release: async () => end('release'),
    };
  }

  async afford(): Promise<{ readonly now: typeof nothing; readonly afterInFlight: typeof nothing }> {
    return { now: nothing, afterInFlight: nothing };
  }

  /** Fails where a permit was not ended, or twice. */
  assertEnded(): void {
    for (const [attemptId, left] of this.#open) {
      holds(left <= 0, `${attemptId} was admitted and neither settled nor released`);
      holds(left >= 0, `${attemptId} was settled or released twice`);
    }
  }
}
