import { formatUsd } from '@tollgate/budget';
import { showCount, showCounted, showPercent } from '../report/show-number.ts';
import type { SpendReport } from './spend-figures.ts';
import { clockOf } from './spend-over-time.ts';

/** One finding: what it is, how much, and what to make of it. */
export interface DoubtfulLine {
  readonly what: string;
  readonly figure: string;
  readonly meaning: string;
}

/** Money of no use and money that nobody is sure about, in words. Only what there is. */
export function doubtfulLines({
  doubtful,
  passes,
  totals,
  openGrants,
  byUsageKnown,
  byPriceKnown,
  overTime,
}: SpendReport): readonly DoubtfulLine[] {
  const { nothingBought, released, judging, overruns, expired, verdictsAboutNothing } = doubtful;
  const clock = clockOf(overTime.zone);
  const share = (usd: number): string =>
    totals.settled.usd > 0 ? ` (${showPercent(usd / totals.settled.usd)} %)` : '';
  const calls = (count: number): string => showCounted(count, 'attempt', 'attempts');
  const line = (
    when: boolean,
    [what, figure, meaning]: readonly [what: string, figure: string, meaning: string],
  ): readonly DoubtfulLine[] => (when ? [{ what, figure, meaning }] : []);
  return [
    ...line(nothingBought.attempts > 0, [
      'Bought nothing',
      formatUsd(nothingBought.cost) + share(nothingBought.cost.usd),
      `${calls(nothingBought.attempts)} charged without an answer: failed, aborted or cut off`,
    ]),
    ...line((passes?.failed.runs ?? 0) > 0, [
      'Did not pass',
      formatUsd(passes?.failed.cost ?? 0n),
      `${showCounted(passes?.failed.runs ?? 0, 'verdict', 'verdicts')} that said no, with all that was spent on them`,
    ]),
    ...line((passes?.unjudged.attempts ?? 0) > 0, [
      'Not judged',
      formatUsd(passes?.unjudged.cost ?? 0n),
      `${calls(passes?.unjudged.attempts ?? 0)} that no verdict is about, and so in no cost-of-pass`,
    ]),
    ...line((passes?.judgedTwice.attempts ?? 0) > 0, [
      'Judged twice',
      formatUsd(passes?.judgedTwice.cost ?? 0n),
      `${calls(passes?.judgedTwice.attempts ?? 0)} that several verdicts are about, and so in several costs`,
    ]),
    ...line(verdictsAboutNothing > 0, [
      'Verdicts about nothing',
      showCount(verdictsAboutNothing),
      'no attempt in the ledger belongs to them: was the result paid for elsewhere, or by another id?',
    ]),
    ...line(judging.attempts > 0, [
      'Judging',
      formatUsd(judging.cost) + share(judging.cost.usd),
      `${calls(judging.attempts)} of judges, verifiers and scorers`,
    ]),
    ...overruns.flatMap(({ assumption, attempts, amount }) =>
      line(true, [
        'Overrun',
        formatUsd(amount),
        `${calls(attempts)} cost more than was held. Broken assumption: ${assumption}`,
      ]),
    ),
    ...line(expired.attempts > 0, [
      'To reconcile',
      formatUsd(expired.held),
      `${calls(expired.attempts)} whose lease ran out; held until ledger.reconcile, dearest first: ${expired.first
        .slice(0, 3)
        .map(({ attemptId, atMs }) => `${attemptId} (${clock(atMs)})`)
        .join(', ')}${expired.attempts > 3 ? ', …' : ''}`,
    ]),
    ...line(openGrants.grants > 0, [
      'Carved out',
      formatUsd(openGrants.carved),
      `${showCounted(openGrants.grants, 'open grant', 'open grants')} to sub-agents`,
    ]),
    ...byUsageKnown.flatMap(({ known, attempts, cost }) =>
      line(known === 'estimated' || known === 'upper-bound', [
        known === 'estimated' ? 'Estimated' : 'At the upper bound',
        formatUsd(cost) + share(cost.usd),
        `${calls(attempts)} whose usage was not reported in full`,
      ]),
    ),
    ...byPriceKnown.flatMap(({ known, attempts, cost }) =>
      line(known === 'imputed' || known === 'declared-ceiling', [
        known === 'imputed' ? 'Imputed' : 'At a declared ceiling',
        formatUsd(cost) + share(cost.usd),
        known === 'imputed'
          ? `${calls(attempts)} under a subscription: on no bill`
          : `${calls(attempts)} whose price is the most that was declared, not a price`,
      ]),
    ),
    ...line(released > 0, ['Given back', '$0.00', `${calls(released)} never sent, or refused unbilled`]),
    ...line(totals.tokens.unknownAttempts > 0, [
      'Tokens unknown',
      showCount(totals.tokens.unknownAttempts),
      'charged attempts that did not say what went in or came out; sums of tokens lack theirs',
    ]),
  ];
}
