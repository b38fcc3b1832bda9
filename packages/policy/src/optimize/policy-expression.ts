import type { DifficultyTable, MultiplexerState } from '@tollgate/router';

/** How a stage of a cascade is measured, as data. */
export type ConfidenceExpression =
  | { readonly kind: 'vote-share'; readonly samples: number }
  | { readonly kind: 'verdict' }
  /** `meanProbability` and `statedConfidence` are read off answers; any other name is a signal that the logs recorded. */
  | { readonly kind: 'signal'; readonly name: string }
  /** A scorer by name, that is asked about the stage's one answer and paid for; the logs recorded its scores as a signal. */
  | { readonly kind: 'score'; readonly scorer: string };

/** A policy as plain JSON: what `optimizePolicy` searches, a profile keeps and `buildPolicy` makes a model of. */
export type PolicyExpression =
  | { readonly kind: 'single'; readonly model: string }
  | { readonly kind: 'vote'; readonly model: string; readonly samples: number }
  /** A vote that stops as soon as its winner is certain (`curtailed`), or shown at error level `alpha` (`sequential`). */
  | {
      readonly kind: 'vote-until';
      readonly model: string;
      readonly votes: number;
      readonly rule: 'curtailed' | 'sequential';
      readonly alpha?: number;
    }
  | { readonly kind: 'agreement'; readonly models: readonly string[]; readonly accept?: number }
  | {
      readonly kind: 'cascade';
      readonly stages: readonly PolicyExpression[];
      /** One for each stage before the last. */
      readonly confidence: readonly ConfidenceExpression[];
      /** One for each stage before the last; null where the stage decides for itself. */
      readonly accept: readonly (number | null)[];
    }
  | { readonly kind: 'model-switch'; readonly models: readonly string[]; readonly samplesPerModel: number }
  | {
      readonly kind: 'mini-n';
      readonly model: string;
      readonly miniN: number;
      readonly total: number;
      /** A scorer by name; the logs recorded its scores as a signal. */
      readonly scorer: string;
      readonly above: number;
      readonly mode: 'guardrail' | 'accelerator';
    }
  | { readonly kind: 'adaptive'; readonly models: readonly string[]; readonly table: DifficultyTable }
  | {
      readonly kind: 'multiplex';
      readonly models: readonly string[];
      readonly state: MultiplexerState;
      readonly fallbackUsd: number;
    };

/** Models that a policy may ask, each once, in the order it names them. */
export function modelsOf(expression: PolicyExpression): readonly string[] {
  switch (expression.kind) {
    case 'single':
    case 'vote':
    case 'vote-until':
    case 'mini-n':
      return [expression.model];
    case 'agreement':
    case 'model-switch':
    case 'adaptive':
    case 'multiplex':
      return expression.models;
    case 'cascade':
      return [...new Set(expression.stages.flatMap(modelsOf))];
    default:
      return expression satisfies never;
  }
}

/** Samples that a policy draws for a task at most. */
export function mostCalls(expression: PolicyExpression): number {
  switch (expression.kind) {
    case 'single':
    case 'multiplex':
      return 1;
    case 'vote':
      return expression.samples;
    case 'vote-until':
      return expression.votes;
    case 'agreement':
      return expression.models.length;
    case 'cascade':
      return expression.stages.reduce((sum, stage, i) => {
        const measure = expression.confidence[i];
        return sum + mostCalls(stage) * (measure?.kind === 'vote-share' ? measure.samples : 1);
      }, 0);
    case 'model-switch':
      return expression.models.length * expression.samplesPerModel;
    case 'mini-n':
      return expression.total;
    case 'adaptive': {
      const { probe, bins } = expression.table;
      return Math.max(
        ...bins.map(({ action }) =>
          action.kind === 'vote' ? Math.max(probe, action.samples) : probe + action.samples,
        ),
      );
    }
    default:
      return expression satisfies never;
  }
}

/** A policy in words, for tables and reports. */
export function policyName(expression: PolicyExpression): string {
  switch (expression.kind) {
    case 'single':
      return expression.model;
    case 'vote':
      return `vote(${expression.model} x${expression.samples})`;
    case 'vote-until':
      return `${expression.rule} vote(${expression.model} x${expression.votes})`;
    case 'agreement':
      return `agree(${expression.models.join(', ')})`;
    case 'cascade':
      return expression.stages.map((stage, i) => stageName(expression, stage, i)).join(' else ');
    case 'model-switch':
      return `switch(${expression.models.join(', ')} x${expression.samplesPerModel})`;
    case 'mini-n':
      return `mini-n(${expression.model} ${expression.miniN}x${Math.ceil(expression.total / expression.miniN)} by ${expression.scorer} > ${short(expression.above)})`;
    case 'adaptive':
      return `adaptive(${expression.models.join(', ')} probe ${expression.table.probe})`;
    case 'multiplex':
      return `multiplex(${expression.models.join(', ')} at $${short(expression.fallbackUsd)} a miss)`;
    default:
      return expression satisfies never;
  }
}

function stageName(
  { confidence, accept }: Extract<PolicyExpression, { kind: 'cascade' }>,
  stage: PolicyExpression,
  index: number,
): string {
  const measure = confidence[index];
  const threshold = accept[index];
  const name = policyName(stage);
  if (measure === undefined || measure.kind === 'verdict') return name;
  const signal =
    measure.kind === 'signal'
      ? measure.name
      : measure.kind === 'score'
        ? measure.scorer
        : `share of ${measure.samples}`;
  return `${name} if ${signal} >= ${short(threshold ?? 0)}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
