import {
  type CallContext,
  callsUnder,
  type EffortLevel,
  guardedContext,
  InvalidOptionError,
  type Model,
  type ModelRef,
  type Pricing,
  rootContext,
  type Scopes,
  wrapModel,
} from '@tollgate/sdk';
import type { Ledger } from '../ledger/ledger.ts';
import { scopePairs } from '../ledger/scope-pair.ts';
import { LedgerGuard } from './ledger-guard.ts';

/** Options of `withBudget`. */
export interface WithBudgetOptions {
  readonly ledger: Ledger;
  /** Charged beside the scopes of each call; where both name a kind, both ids are charged. @defaultValue none */
  readonly scopes?: Scopes;
  /**
   * Output tokens of one sample that an answer needs at least, beside the reasoning that such calls of the model usually
   * do (known after five of them). A call that cannot have as many, or as many as it asked for, is refused instead of
   * shortened. Whole number in [1, ∞). @defaultValue 32
   */
  readonly answerFloorTokens?: number;
  /**
   * The level of effort down to which a call may be lowered when the money left does not pay for its usual reasoning and an
   * answer. A call with a `sessionKey`, or with a prompt marked to be cached, keeps its effort, because at another one the
   * cached prompt would be paid for anew. Of several budgets around a call, all must allow it. @defaultValue never lowered
   */
  readonly allowEffort?: EffortLevel;
  /** Prices that win over what a model declares itself. @defaultValue none */
  readonly priceOf?: (model: ModelRef) => Pricing | undefined;
  /**
   * What a call does while others in flight hold the money it needs: fail with BudgetBusyError, or wait until they have
   * settled. Waiting holds nothing, so calls cannot wait for one another. @defaultValue 'refuse'
   */
  readonly whenBusy?: 'refuse' | 'wait';
}

/**
 * The same model, bounded: every attempt on the wire below it is held in the ledger before it is sent, and charged after.
 *
 * It means the same around a leaf, a retry, a strategy or an agent, in any order of nesting: what is held are the
 * attempts of leaves, each once, under the union of all budgets around it. A call that would pass a cap has its output
 * cap lowered where that makes it fit (the result carries a `fitted` warning), and is refused otherwise.
 *
 * Calls throw, before anything is sent: BudgetExceededError, BudgetBusyError, UnknownPriceError, MissingScopeError.
 *
 * @throws InvalidOptionError when `answerFloorTokens` is outside its range or a scope is empty.
 * @example
 * const model = withBudget(cascade, { ledger, scopes: { run: 'nightly' } });
 */
export function withBudget(model: Model, options: WithBudgetOptions): Model {
  const { ledger, scopes = {}, answerFloorTokens = 32, priceOf = () => undefined, whenBusy = 'refuse' } = options;
  const { allowEffort } = options;
  if (!Number.isSafeInteger(answerFloorTokens) || answerFloorTokens < 1) {
    throw new InvalidOptionError(
      'answerFloorTokens',
      `answerFloorTokens must be a whole number of at least 1, received ${answerFloorTokens}.`,
    );
  }
  const guard = new LedgerGuard({
    ledger,
    scopes: scopePairs(scopes),
    answerFloorTokens,
    priceOf,
    whenBusy,
    allowEffort,
  });
  const guarded = <T extends { readonly context?: CallContext }>(call: T): T & { readonly context: CallContext } => ({
    ...call,
    context: guardedContext(call.context ?? rootContext(), guard),
  });
  return wrapModel(model, (inner) => ({
    ...callsUnder(inner, guarded),
    guard,
    tokens: (tokens) => ({
      tokenizer: tokens.tokenizer,
      promptTokens: (request) => tokens.promptTokens(request),
      open: async (options) => tokens.open(guarded(options)),
    }),
  }));
}
