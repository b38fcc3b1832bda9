import {
  type Action,
  type AnswerKey,
  type CandidateView,
  InvalidOptionError,
  type Model,
  runStrategy,
  type Scorer,
  type StrategyCore,
  type Verdict,
} from '@tollgate/sdk';
import { bestByVerdict, type JudgedCandidate } from '../confidence/best-by-verdict.ts';
import { leadingVote } from '../confidence/leading-vote.ts';
import type { MiniNThreshold } from '../thresholds/mini-n-thresholds.ts';
import { hasDecided, type WithAction } from './decided.ts';
import { requireWhole } from './require-option.ts';

/** Options of `bestOfMiniNCore`. */
export interface BestOfMiniNCoreOptions {
  /** Samples of one loop, drawn at once. Range [1, total]. */
  readonly miniN: number;
  /** Samples of all loops at most. Range [1, ∞). */
  readonly total: number;
  /**
   * The best candidate is accepted where its score is **above** this, on the scorer's own scale; without a scorer, where
   * its share of votes is. Of a table (`miniNThresholds`) the entry counts that has as many samples as were drawn, or the next
   * larger one. @defaultValue the scorer's own `accept`; without a scorer a share of 0.6
   */
  readonly accept?: number | readonly MiniNThreshold[];
  /**
   * What the best candidate is worth once all samples are drawn and none was accepted: not accepted (`guardrail`) or the
   * answer all the same (`accelerator`). @defaultValue 'guardrail'
   */
  readonly mode?: 'guardrail' | 'accelerator';
}

/** Options of `bestOfMiniN`. */
export interface BestOfMiniNOptions extends BestOfMiniNCoreOptions {
  /** Judges each loop's candidates. @defaultValue none: candidates are ranked by votes */
  readonly scorer?: Scorer;
  /** Which answers are the same. @defaultValue `wholeText()` */
  readonly answer?: AnswerKey;
}

/** State of `bestOfMiniNCore`. */
export interface BestOfMiniNState extends WithAction {
  /** Samples asked for so far, the ones in flight included. */
  readonly asked: number;
  readonly candidates: readonly CandidateView[];
  /** Name of the scorer, where there is one. */
  readonly scorer?: string;
  /** The scorer had an opinion on some candidate, so votes do not decide. */
  readonly isJudged: boolean;
  /** The best candidate by the scorer. */
  readonly best?: JudgedCandidate;
}

/** The best candidate so far, by scorer or by votes. */
interface Leader {
  readonly candidate: string;
  readonly confidence?: number;
  readonly signal: string;
  readonly passed: boolean;
  readonly says: string;
}

type Position = Omit<BestOfMiniNState, 'action'>;

type AcceptAction = Extract<Action, { type: 'accept' }>;

const shareNeeded = 0.6;

/**
 * Draws small batches until the best candidate of all so far is good enough, or `total` samples are drawn.
 *
 * With a scorer: an explicit score counts as it is, else `accept` is 1 and `reject` 0; with the option `accept` the score must
 * be above it, without it the verdict must be `accept`. Ties go to the earlier candidate. Without a scorer, or while it
 * abstains on everything or fails, the most frequent answer is best; it is accepted where its share of the samples asked for
 * is above 0.6 (the option `accept`, where there is no scorer) and at least two were asked for.
 *
 * A small `miniN` draws fewer samples, a large one takes fewer rounds. Where money ends the search or the model fails, the
 * best so far is given as not accepted.
 *
 * @throws InvalidOptionError when `miniN` or `total` is not a whole number of at least 1, `miniN` is above `total`,
 * `accept` is not a number, or a table that does not rise or ends before `total`; at the start, when votes decide and `accept`
 * is outside [0, 1).
 */
// Source: contextual quality reward model and best of mini-N in-loop, arXiv 2510.04087. Rule: after each mini-batch stop
// if the best reward of all samples so far > T.
// Differs: T goes by all samples drawn so far, as the largest reward does; verdicts and votes stand in for a reward.
export function bestOfMiniNCore(options: BestOfMiniNCoreOptions): StrategyCore<BestOfMiniNState> {
  checkOptions(options);
  const { miniN, total, accept, mode = 'guardrail' } = options;
  return {
    name: 'best-of-mini-n',
    parameters: { miniN, total, mode, ...(accept !== undefined && { accept: shown(accept) }) },
    start: ({ scorers: [scorer] }) => {
      if (scorer === undefined) checkShare(accept);
      return drawNext(options, { asked: 0, candidates: [], isJudged: false, ...(scorer !== undefined && { scorer }) });
    },
    observe: (state, event) => {
      if (hasDecided(state)) return state;
      switch (event.type) {
        case 'drawn':
          return afterDraw(options, state, event.candidates);
        case 'scored':
          return afterScore(options, state, event.verdicts);
        case 'failed':
          // Of several runs of a source one may fail late, when the others are already being scored.
          if (event.action !== state.action.type) return state;
          return event.action === 'score' ? decide(options, state) : giveUp(options, state, 'the model failed');
        case 'budget':
          return giveUp(options, state, 'money ran out');
        case 'extended':
        case 'launched':
          return state;
        default:
          return event satisfies never;
      }
    },
    next: (state) => state.action,
  };
}

/**
 * A model that asks `model` in small batches until one answer is good enough: by `scorer`, or by agreement without one.
 *
 * @throws InvalidOptionError as `bestOfMiniNCore`.
 *
 * @example
 * const model = bestOfMiniN(small, { scorer: verifyScorer(), miniN: 2, total: 8 });
 */
export function bestOfMiniN(model: Model, options: BestOfMiniNOptions): Model {
  const { scorer, answer, ...rules } = options;
  if (scorer === undefined) checkShare(rules.accept);
  return runStrategy(bestOfMiniNCore(rules), {
    sources: [model],
    ...(scorer !== undefined && { scorers: [scorer] }),
    ...(answer !== undefined && { answer }),
  });
}

function drawNext({ miniN, total }: BestOfMiniNCoreOptions, position: Position): BestOfMiniNState {
  const count = Math.min(miniN, total - position.asked);
  return { ...position, asked: position.asked + count, action: { type: 'draw', from: 0, count } };
}

function afterDraw(
  options: BestOfMiniNCoreOptions,
  state: BestOfMiniNState,
  drawn: readonly CandidateView[],
): BestOfMiniNState {
  const seen = { ...state, candidates: [...state.candidates, ...drawn] };
  if (state.scorer === undefined || drawn.length === 0) return decide(options, seen);
  return { ...seen, action: { type: 'score', scorer: 0, candidates: drawn.map((candidate) => candidate.id) } };
}

function afterScore(
  options: BestOfMiniNCoreOptions,
  state: BestOfMiniNState,
  verdicts: readonly Verdict[],
): BestOfMiniNState {
  const best = bestByVerdict(verdicts, { best: state.best, accept: thresholdAt(options.accept, state.asked) });
  const isJudged = state.isJudged || verdicts.some((verdict) => verdict.status !== 'abstain');
  return decide(options, { ...state, isJudged, ...(best !== undefined && { best }) });
}

function decide(options: BestOfMiniNCoreOptions, state: BestOfMiniNState): BestOfMiniNState {
  const { miniN, total, mode } = options;
  const leader = leaderOf(options, state);
  const loop = `loop ${Math.ceil(state.asked / miniN)} of ${Math.ceil(total / miniN)}`;
  if (leader?.passed === true) {
    return { ...state, action: { type: 'accept', ...chosen(leader), reason: `${loop}: ${leader.says}` } };
  }
  if (state.asked < total) return drawNext(options, state);
  if (mode !== 'accelerator' || leader === undefined)
    return giveUp(options, state, `none of ${total} samples was good enough`);
  return {
    ...state,
    action: { type: 'accept', ...chosen(leader), reason: `best of ${total} samples: ${leader.says}` },
  };
}

function giveUp(options: BestOfMiniNCoreOptions, state: BestOfMiniNState, cause: string): BestOfMiniNState {
  const leader = leaderOf(options, state);
  if (leader === undefined)
    return { ...state, action: { type: 'stop', reason: `${cause}; no sample holds an answer` } };
  const reason = `${cause}; best so far: ${leader.says}`;
  return { ...state, action: { type: 'accept', ...chosen(leader), accepted: false, reason } };
}

function leaderOf({ accept }: BestOfMiniNCoreOptions, state: BestOfMiniNState): Leader | undefined {
  const { asked, best, candidates, isJudged, scorer } = state;
  if (best !== undefined) {
    const { candidate, passed, score } = best;
    const isShare = score >= 0 && score <= 1;
    return {
      candidate,
      passed,
      signal: scorer ?? 'score',
      says: `score ${score}`,
      ...(isShare && { confidence: score }),
    };
  }
  const leader = leadingVote(candidates, asked);
  if (leader === undefined) return undefined;
  const { candidate, share, votes } = leader;
  const needed = scorer === undefined ? (thresholdAt(accept, asked) ?? shareNeeded) : shareNeeded;
  const passed = !isJudged && asked >= 2 && share > needed;
  return { candidate, passed, confidence: share, signal: 'vote-share', says: `${votes} of ${asked} samples agree` };
}

function chosen({ candidate, confidence, signal }: Leader): Pick<AcceptAction, 'candidate' | 'confidence' | 'signal'> {
  return { candidate, signal, ...(confidence !== undefined && { confidence }) };
}

function checkOptions({ miniN, total, accept, mode }: BestOfMiniNCoreOptions): void {
  requireWhole('miniN', miniN);
  requireWhole('total', total);
  if (miniN > total) {
    throw new InvalidOptionError('miniN', `miniN must be at most total (${total}), received ${miniN}.`);
  }
  checkAccept(accept, total);
  if (mode !== undefined && mode !== 'guardrail' && mode !== 'accelerator') {
    throw new InvalidOptionError(
      'mode',
      `mode must be 'guardrail' or 'accelerator', received ${JSON.stringify(mode)}.`,
    );
  }
}

function checkAccept(accept: BestOfMiniNCoreOptions['accept'], total: number): void {
  if (accept === undefined) return;
  const odd = listed(accept).find(({ above }) => !Number.isFinite(above));
  if (odd !== undefined) {
    throw new InvalidOptionError('accept', `accept must be a finite number, received ${odd.above}.`);
  }
  if (typeof accept === 'number') return;
  const rises = accept.every(({ samples, above }, i) => {
    const before = accept[i - 1];
    return before === undefined || (samples > before.samples && above >= before.above);
  });
  const most = accept.at(-1)?.samples ?? 0;
  if (rises && most >= total) return;
  throw new InvalidOptionError(
    'accept',
    `A table of thresholds must rise with the samples, up to the total of ${total} at least; received ${shown(accept) || 'an empty one'}.`,
  );
}

function checkShare(accept: BestOfMiniNCoreOptions['accept']): void {
  const odd = accept === undefined ? undefined : listed(accept).find(({ above }) => !(above >= 0 && above < 1));
  if (odd === undefined) return;
  throw new InvalidOptionError(
    'accept',
    `accept must be in [0, 1) where votes decide, received ${odd.above}. Shares must be above it; pass a scorer to use its scale.`,
  );
}

function thresholdAt(accept: BestOfMiniNCoreOptions['accept'], asked: number): number | undefined {
  return typeof accept === 'object' ? accept.find(({ samples }) => samples >= asked)?.above : accept;
}

function listed(accept: number | readonly MiniNThreshold[]): readonly Pick<MiniNThreshold, 'above'>[] {
  return typeof accept === 'number' ? [{ above: accept }] : accept;
}

function shown(accept: number | readonly MiniNThreshold[]): number | string {
  return typeof accept === 'number' ? accept : accept.map(({ samples, above }) => `${samples}:${above}`).join('/');
}
