import { InvalidOptionError, type Scorer } from '@tollgate/sdk';
import { verifyScorer } from '@tollgate/verifier';
import type { PolicyExpression } from './policy-expression.ts';

/**
 * The scorers that a policy names: `verify` is the task's own check; any other name stands for scores that the logs recorded,
 * which a replay reads from the table and nothing can ask for live.
 */
export function recordedScorers(expression: PolicyExpression): { readonly [name: string]: Scorer } {
  switch (expression.kind) {
    case 'mini-n':
      return { [expression.scorer]: scorerOf(expression.scorer) };
    case 'cascade': {
      const own = expression.confidence.flatMap((one) => (one.kind === 'score' ? one.scorer : []));
      return Object.assign(
        Object.fromEntries(own.map((name) => [name, scorerOf(name)])),
        ...expression.stages.map(recordedScorers),
      );
    }
    default:
      return {};
  }
}

function scorerOf(name: string): Scorer {
  if (name === 'verify') return verifyScorer();
  return {
    name,
    score: async () => {
      throw new InvalidOptionError(
        'scorers',
        `The policy ranks by "${name}", which is known from the logs only. In an app give it: fromProfile(profile, models, { scorers: { ${JSON.stringify(name)}: … } }).`,
      );
    },
  };
}
