import type { Money, PriceKnown, UsageKnown } from '@tollgate/sdk';
import type { LimitStatus, ScopePair } from '@tollgate/budget';

/** Tokens by bucket. What a provider did not say is in none of them. */
export interface TokenSums {
  /** Prompt tokens at the plain rate. */
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
  /** Charged attempts that did not say what went in or came out: the buckets lack theirs. */
  readonly unknownAttempts: number;
}

/** Sums over attempts on the wire. */
export interface SpendSums {
  readonly attempts: number;
  /** Charged, overruns included. */
  readonly settled: Money;
  /** Set aside for attempts in flight, and for those whose lease ran out. */
  readonly held: Money;
  /** Of `settled`: what passed its hold. */
  readonly overrun: Money;
  readonly tokens: TokenSums;
  /** Share of the prompt tokens that came from a cache. Range [0, 1]; null without a prompt token. */
  readonly cacheReadShare: number | null;
}

/** The attempts under one name: a model, or an id of a kind of scope. */
export interface SpendPart extends SpendSums {
  readonly name: string;
}

/** All attempts, divided: parts, others and unnamed add up to the totals. */
export interface SpendSplit {
  /** `model`, or a kind of scope: `user`, `task`, … */
  readonly kind: string;
  /** Dearest first. An attempt with several ids of the kind is under all of them, joined with ` + `. */
  readonly parts: readonly SpendPart[];
  /** Names beyond the first ones. */
  readonly others?: SpendSums & { readonly names: number };
  /** Attempts that name nothing of this kind. */
  readonly unnamed?: SpendSums;
}

/** One stretch of time. Attempts count where they were admitted. */
export interface SpendBucket {
  readonly startMs: number;
  /** Its start by the clock of the zone: `2026-11-24 13:00`. */
  readonly start: string;
  readonly attempts: number;
  /** Charged, in the order of `SpendOverTime.names`. */
  readonly byName: readonly Money[];
  /** All of `byName`. */
  readonly settled: Money;
  /** From the first bucket to the end of this one. */
  readonly cumulative: Money;
}

/** What was charged over time, by model. */
export interface SpendOverTime {
  readonly unit: 'minute' | 'hour' | 'day' | 'month';
  readonly zone: string;
  /** Models, dearest first; the last one is `all others` where there are more than eight. */
  readonly names: readonly string[];
  /** Without a gap, empty ones included. */
  readonly buckets: readonly SpendBucket[];
}

/** Where a limit stands for one scope, now: not only by the attempts that the report is about. */
export interface LimitStanding extends LimitStatus {
  /** (settled + held) / cap. Above 1 after an overrun or a lowered cap; null where the cap is 0. */
  readonly used: number | null;
}

/** Runs that got a verdict, of one policy. Intervals are 95 %, over tasks. */
export interface PolicyPasses {
  readonly policy: string;
  /** Absent where all classes are together. */
  readonly taskClass?: string;
  readonly tasks: number;
  readonly runs: number;
  /** Share of runs that passed. Range [0, 1]. */
  readonly accuracy: number;
  readonly accuracyCi95: readonly [number, number];
  readonly costUsd: number;
  /** US dollars of a run, with everything that was charged for it. */
  readonly costPerRunUsd: number;
  readonly costPerRunCi95: readonly [number, number];
  /** US dollars per pass. Null, for infinite, where nothing passed. */
  readonly costOfPassUsd: number | null;
  readonly costOfPassCi95: readonly [number | null, number | null];
  /** No other policy passes as much for as little. */
  readonly onFrontier: boolean;
}

/** What verdicts say about the money. */
export interface SpendPasses {
  /** Kind of scope that tells policies apart. */
  readonly policyKind: string;
  /** Who gave the verdicts. */
  readonly sources: readonly string[];
  /** All classes of tasks together, cheapest run first. */
  readonly policies: readonly PolicyPasses[];
  /** By class, where tasks have one. */
  readonly byClass: readonly PolicyPasses[];
  /** Runs that did not pass, and what they cost. */
  readonly failed: { readonly runs: number; readonly cost: Money };
  /** Attempts of the report that no verdict is about. */
  readonly unjudged: { readonly attempts: number; readonly cost: Money };
  /** Attempts that several verdicts are about: they are in several costs. */
  readonly judgedTwice: { readonly attempts: number; readonly cost: Money };
}

/** A number of attempts and what they were charged. */
export interface ChargedAttempts {
  readonly attempts: number;
  readonly cost: Money;
}

/** An attempt whose lease ran out: its hold counts until `ledger.reconcile`. */
export interface ExpiredHold {
  readonly attemptId: string;
  readonly atMs: number;
  readonly model: string;
  readonly hold: Money;
}

/** Money that was of no use, or that nobody is sure about. */
export interface DoubtfulSpend {
  /** Charged, and no answer came of it: failed, aborted, cut off. */
  readonly nothingBought: ChargedAttempts;
  /** Given back unspent: nothing was sent, or the provider refused it unbilled. */
  readonly released: number;
  /** Judges, verifiers and scorers, where a scope of the kind `role` says so. In no case of no use, and worth a look. */
  readonly judging: ChargedAttempts;
  /** Costs beyond their holds, by the assumption that broke. */
  readonly overruns: readonly {
    readonly assumption: string;
    readonly attempts: number;
    readonly amount: Money;
  }[];
  /** Verdicts that no attempt in the ledger belongs to. They are in no cost-of-pass. */
  readonly verdictsAboutNothing: number;
  /** To be reconciled, dearest first. */
  readonly expired: { readonly attempts: number; readonly held: Money; readonly first: readonly ExpiredHold[] };
}

/** What a ledger says about the money spent, as plain JSON. */
export interface SpendReport {
  readonly scopes: { readonly [kind: string]: string };
  /** First and last admission of the attempts; null without any. */
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  readonly totals: SpendSums;
  /** Turns that agents took. */
  readonly turns: number;
  /** Money carved out for sub-agents that is not closed yet. Their own attempts are in the totals; what they have left is not. */
  readonly openGrants: { readonly grants: number; readonly carved: Money };
  /** Most used first. A limit on each id of a kind is left out where nothing of it is used. */
  readonly limits: readonly LimitStanding[];
  /** How many more there are, less used than these or not at all. */
  readonly limitsLeftOut: number;
  readonly byModel: SpendSplit;
  readonly byScope: readonly SpendSplit[];
  readonly overTime: SpendOverTime;
  /** Absent where no verdict was reported. */
  readonly passes?: SpendPasses;
  readonly doubtful: DoubtfulSpend;
  /** How much of the charges is known exactly. Adds up to `totals.settled`. */
  readonly byUsageKnown: readonly (ChargedAttempts & { readonly known: UsageKnown | 'unknown' })[];
  /** Where prices came from; `imputed` is not on any bill. Adds up to `totals.settled`. */
  readonly byPriceKnown: readonly (ChargedAttempts & { readonly known: PriceKnown })[];
}

/** A scope in a word: `user=ada`. */
export function scopeText({ kind, id }: ScopePair): string {
  return `${kind}=${id}`;
}
