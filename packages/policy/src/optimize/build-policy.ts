import {
  adaptive,
  agreement,
  bestOfMiniN,
  byScore,
  bySignal,
  cascade,
  type Confidence,
  meanProbability,
  modelSwitch,
  multiplex,
  single,
  statedConfidence,
  verdict,
  vote,
  voteShare,
} from '@tollgate/router';
import { type AnswerKey, InvalidOptionError, type Model, nearestName, type Scorer } from '@tollgate/sdk';
import { curtailedVote, sequentialVote, voteUntil } from '@tollgate/verifier';
import type { ConfidenceExpression, PolicyExpression } from './policy-expression.ts';

/** What a policy is built out of. */
export interface BuildPolicyOptions {
  /** By the names that the expression uses. */
  readonly models: { readonly [name: string]: Model };
  /** Which answers are the same. @defaultValue `wholeText()` */
  readonly answer?: AnswerKey;
  /** By the names that the expression uses. @defaultValue none */
  readonly scorers?: { readonly [name: string]: Scorer };
}

/**
 * Makes a model of a policy that is given as data.
 *
 * @throws InvalidOptionError for a model or scorer that is not there, with the nearest name.
 */
export function buildPolicy(expression: PolicyExpression, options: BuildPolicyOptions): Model {
  const { answer } = options;
  const model = (name: string): Model => named('model', name, options.models);
  const same = answer === undefined ? {} : { answer };
  switch (expression.kind) {
    case 'single':
      return single(model(expression.model));
    case 'vote':
      return vote(model(expression.model), { samples: expression.samples, ...same });
    case 'vote-until': {
      const { votes, alpha } = expression;
      const rule =
        expression.rule === 'curtailed'
          ? curtailedVote({ votes })
          : sequentialVote({ votes, ...(alpha !== undefined && { alpha }) });
      return voteUntil(model(expression.model), { rule, ...same });
    }
    case 'agreement':
      return agreement(expression.models.map(model), {
        ...same,
        ...(expression.accept !== undefined && { accept: expression.accept }),
      });
    case 'cascade':
      return cascade(
        expression.stages.map((stage) => stageModel(stage, options)),
        {
          confidence: expression.confidence.map((one) => confidenceOf(one, options)),
          accept: expression.accept,
        },
      );
    case 'model-switch':
      return modelSwitch(expression.models.map(model), { samplesPerModel: expression.samplesPerModel, ...same });
    case 'mini-n': {
      const { miniN, total, above: accept, mode } = expression;
      const scorer = named('scorer', expression.scorer, options.scorers ?? {});
      return bestOfMiniN(model(expression.model), { miniN, total, accept, mode, scorer, ...same });
    }
    case 'adaptive':
      return adaptive(expression.models.map(model), { table: expression.table, ...same });
    case 'multiplex':
      return multiplex(expression.models.map(model), {
        state: expression.state,
        fallbackUsd: expression.fallbackUsd,
        ...same,
      });
    default:
      return expression satisfies never;
  }
}

/** A bare model is a stage as it is: a cascade draws its samples itself. */
function stageModel(stage: PolicyExpression, options: BuildPolicyOptions): Model {
  return stage.kind === 'single' ? named('model', stage.model, options.models) : buildPolicy(stage, options);
}

function confidenceOf(expression: ConfidenceExpression, { answer, scorers = {} }: BuildPolicyOptions): Confidence {
  switch (expression.kind) {
    case 'verdict':
      return verdict();
    case 'vote-share':
      return voteShare({ samples: expression.samples, ...(answer !== undefined && { answer }) });
    case 'signal':
      if (expression.name === 'meanProbability') return meanProbability();
      if (expression.name === 'statedConfidence') return statedConfidence();
      return bySignal(expression.name);
    case 'score':
      return byScore(named('scorer', expression.scorer, scorers));
    default:
      return expression satisfies never;
  }
}

function named<T>(what: string, name: string, all: { readonly [name: string]: T }): T {
  const found = Object.hasOwn(all, name) ? all[name] : undefined;
  if (found !== undefined) return found;
  const near = nearestName(name, Object.keys(all));
  throw new InvalidOptionError(
    `${what}s`,
    `The policy uses the ${what} "${name}", which is not there.${near === undefined ? '' : ` Did you mean "${near}"?`} Given: ${Object.keys(all).join(', ') || 'none'}.`,
  );
}
