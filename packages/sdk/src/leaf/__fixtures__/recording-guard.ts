import type { Scopes } from '../../spec/context.ts';
import type { Money } from '../../spec/money.ts';
import type { MoneyAdvice, Permit, Settled, Settlement, SpendAsk, SpendGuard } from '../../spec/spend-guard.ts';

/** How a recording guard behaves. */
export interface RecordingGuardOptions {
  readonly ledgerId?: string;
  /** Lowers the output cap to this. */
  readonly fitTo?: number;
  /** Thrown by `admit`. */
  readonly refusal?: Error;
  /** Thrown by `settle`; by `release`. */
  readonly settleFails?: Error;
  readonly releaseFails?: Error;
  /** Runs before an attempt is admitted. */
  readonly beforeAdmit?: (ask: SpendAsk) => Promise<void> | void;
  readonly log?: string[];
}

const money: Money = { usd: 0.001, nanoUsd: '1000000' };

/** A guard that writes down what it is asked and what becomes of it. */
export class RecordingGuard implements SpendGuard {
  readonly ledgerId: string;
  readonly asks: SpendAsk[] = [];
  readonly settlements: Settlement[] = [];
  readonly log: string[];
  /** Attempts that are held now. */
  readonly open = new Set<string>();
  readonly #options: RecordingGuardOptions;

  constructor(options: RecordingGuardOptions = {}) {
    this.#options = options;
    this.ledgerId = options.ledgerId ?? 'ledger';
    this.log = options.log ?? [];
  }

  combine(other: SpendGuard): SpendGuard {
    this.log.push(`combine ${other.ledgerId}`);
    return this;
  }

  async admit(ask: SpendAsk): Promise<Permit> {
    const { fitTo, refusal, beforeAdmit, settleFails, releaseFails } = this.#options;
    await beforeAdmit?.(ask);
    this.asks.push(ask);
    if (refusal !== undefined) throw refusal;
    this.log.push('admit');
    this.open.add(ask.attemptId);
    const fitted = fitTo !== undefined && fitTo < (ask.request.maxOutputTokens ?? Number.POSITIVE_INFINITY);
    return {
      request: fitted ? { ...ask.request, maxOutputTokens: fitTo } : ask.request,
      fitted,
      settle: async (settlement): Promise<Settled> => {
        this.#end(ask.attemptId, `settle ${settlement.usageKnown}`);
        if (settleFails !== undefined) throw settleFails;
        this.settlements.push(settlement);
        return { cost: money, priceKnown: 'override' };
      },
      release: async (reason) => {
        this.#end(ask.attemptId, `release ${reason}`);
        if (releaseFails !== undefined) throw releaseFails;
      },
    };
  }

  async afford(_scopes: Scopes): Promise<MoneyAdvice> {
    return { now: money, afterInFlight: money };
  }

  #end(attemptId: string, how: string): void {
    if (!this.open.delete(attemptId)) throw new Error(`${attemptId} was ended twice.`);
    this.log.push(how);
  }
}
