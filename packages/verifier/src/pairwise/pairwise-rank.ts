import { InvalidOptionError, type Model, type Ranker } from '@tollgate/sdk';
import { requireWhole } from '../scores/require-number.ts';
import { bubbleSelect } from './bubble-select.ts';
import { Comparisons } from './comparisons.ts';
import { heapSelect } from './heap-select.ts';
import { modelPairJudge } from './model-pair-judge.ts';
import type { PairJudge } from './pair-judge.ts';
import type { PairSort } from './pair-sort.ts';
import { createPairwiseCache, type PairwiseCache } from './pairwise-cache.ts';
import { partialQuicksort } from './partial-quicksort.ts';
import { cheapestSort, type PairSortName } from './sort-cost.ts';

/** Options of `pairwiseRank`. */
export interface PairwiseRankOptions {
  /** Candidates that are put in order; the others follow as they came. Whole number in [1, ∞). @defaultValue 1 */
  readonly topK?: number;
  /**
   * `quicksort` asks for whole partitions at once, `heap` and `bubble` for one comparison after another. `auto` takes the one
   * that is expected to take the fewest rounds: quicksort where two comparisons or more run at once. @defaultValue 'auto'
   */
  readonly algorithm?: PairSortName | 'auto';
  /** Comparisons at once; each is two calls. Whole number in [1, 1000]. @defaultValue 4 */
  readonly concurrency?: number;
  /** Comparisons that need not be made again. Share one to keep them. @defaultValue one of 10,000 for this ranker */
  readonly cache?: PairwiseCache;
  /** What a model is asked about two answers. @defaultValue 'Which answer is better: more correct, and closer to what was asked?' */
  readonly question?: string;
  /** Tokens of a model's reply, thoughts included. Range [1, ∞). @defaultValue 16, or 1024 for a model with levels of effort */
  readonly maxOutputTokens?: number;
}

const sorts: { readonly [name in PairSortName]: (places: readonly number[], keep: number) => PairSort } = {
  quicksort: partialQuicksort,
  heap: heapSelect,
  bubble: bubbleSelect,
};

/**
 * Orders candidates by comparing two at a time, by a model or by your own `compare`. Every pair is shown in both orders; a
 * preference counts where both agree, and else the pair stays in the order in which it came. Give the candidates in the
 * order of a cheaper score, if there is one.
 *
 * Comparisons are kept in the cache by judge, question, conversation and the unordered pair of texts. Those that fail, and all
 * that money does not suffice for, leave their pairs as they came; the trace counts them. The order is then that of the
 * comparisons made so far, and nothing else is asked.
 *
 * `rank` throws the error of the first call where none could be made, with the charges.
 *
 * @throws InvalidOptionError when an option is out of its range.
 *
 * @example
 * const ranker = pairwiseRank(judgeModel, { topK: 3, concurrency: 8 });
 * const { order } = await ranker.rank({ request, candidates, context: rootContext() });
 */
// Source: batched, cached sorting for pairwise ranking, arXiv 2505.24643.
// Differs: a tie keeps the order of the input in every sort, also behind a pivot.
export function pairwiseRank(judge: Model | PairJudge, options: PairwiseRankOptions = {}): Ranker {
  const { topK = 1, algorithm = 'auto', concurrency = 4, cache = createPairwiseCache(), maxOutputTokens } = options;
  requireWhole('topK', topK, [1, Number.MAX_SAFE_INTEGER]);
  requireWhole('concurrency', concurrency, [1, 1000]);
  if (maxOutputTokens !== undefined) requireWhole('maxOutputTokens', maxOutputTokens, [1, Number.MAX_SAFE_INTEGER]);
  if (algorithm !== 'auto' && !Object.hasOwn(sorts, algorithm)) {
    throw new InvalidOptionError(
      'algorithm',
      `algorithm must be 'auto', ${Object.keys(sorts)
        .map((name) => `'${name}'`)
        .join(' or ')}, received ${JSON.stringify(algorithm)}.`,
    );
  }
  const { question = 'Which answer is better: more correct, and closer to what was asked?' } = options;
  const pairJudge = 'compare' in judge ? judge : modelPairJudge(judge, { question, maxOutputTokens });
  const sharesPrompts = !('compare' in judge) && judge.capabilitiesFor().tokenLevel;
  return {
    name: `pairwise ${'compare' in judge ? judge.name : judge.modelId}`,
    rank: async (input) => {
      const { candidates, context } = input;
      const places = [...candidates.keys()];
      const keep = Math.min(topK, places.length);
      const chosen =
        algorithm === 'auto' ? cheapestSort({ items: places.length, keep, atOnce: concurrency }) : algorithm;
      const comparisons = await Comparisons.among(input, {
        judge: pairJudge,
        cache,
        atOnce: concurrency,
        sharesPrompts,
      });
      const sort = sorts[chosen](places, keep);
      let step = sort.next();
      while (step.done !== true) step = sort.next(await comparisons.before(step.value));
      context.span.add({ rule: `pairwise by ${chosen}`, values: comparisons.counts });
      comparisons.requireSome();
      const first = step.value.slice(0, keep);
      const order = [...first, ...places.filter((place) => !first.includes(place))];
      return { order: order.map((place) => candidates[place]?.id ?? ''), charges: comparisons.charges };
    },
  };
}
