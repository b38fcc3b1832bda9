import fc from 'fast-check';
import type { ConfidenceExpression, PolicyExpression } from '../policy-expression.ts';
import { priorMultiplexer } from '@tollgate/router';

const names = ['small', 'middle', 'big'];
const model = fc.constantFrom(...names);
const some = fc.shuffledSubarray(names, { minLength: 2, maxLength: 3 });
const signal = fc.constantFrom('sure', 'meanProbability', 'statedConfidence');
const threshold = fc.double({ min: 0, max: 1, noNaN: true });

/** One of each kind. */
export const examplePolicies: readonly PolicyExpression[] = [
  { kind: 'single', model: 'small' },
  { kind: 'vote', model: 'small', samples: 3 },
  { kind: 'vote-until', model: 'small', votes: 5, rule: 'curtailed' },
  { kind: 'vote-until', model: 'small', votes: 5, rule: 'sequential', alpha: 0.2 },
  { kind: 'agreement', models: ['small', 'middle'], accept: 1 },
  {
    kind: 'cascade',
    stages: [
      { kind: 'single', model: 'small' },
      { kind: 'single', model: 'middle' },
      { kind: 'vote', model: 'big', samples: 3 },
    ],
    confidence: [
      { kind: 'signal', name: 'sure' },
      { kind: 'vote-share', samples: 3 },
    ],
    accept: [0.6, 0.66],
  },
  {
    kind: 'cascade',
    stages: [
      { kind: 'agreement', models: ['small', 'middle'] },
      { kind: 'single', model: 'big' },
    ],
    confidence: [{ kind: 'verdict' }],
    accept: [null],
  },
  {
    kind: 'cascade',
    stages: [
      { kind: 'single', model: 'small' },
      { kind: 'single', model: 'big' },
    ],
    confidence: [{ kind: 'score', scorer: 'sure' }],
    accept: [0.6],
  },
  { kind: 'model-switch', models: ['small', 'big'], samplesPerModel: 2 },
  { kind: 'mini-n', model: 'small', miniN: 1, total: 4, scorer: 'sure', above: 0.6, mode: 'guardrail' },
  {
    kind: 'adaptive',
    models: ['small', 'big'],
    table: {
      probe: 3,
      bins: [
        { from: 1, tasks: 20, action: { kind: 'vote', samples: 3 } },
        { from: 0, tasks: 20, action: { kind: 'escalate', to: 1, samples: 1 } },
      ],
    },
  },
  {
    kind: 'multiplex',
    models: ['small', 'big'],
    state: priorMultiplexer({ features: ['length', 'digits'], usdPerAnswer: [0.001, 0.025] }),
    fallbackUsd: 0.05,
  },
];

const leaf: fc.Arbitrary<PolicyExpression> = fc.oneof(
  fc.record({ kind: fc.constant('single' as const), model }),
  fc.record({ kind: fc.constant('vote' as const), model, samples: fc.integer({ min: 1, max: 5 }) }),
  fc.record({
    kind: fc.constant('vote-until' as const),
    model,
    votes: fc.integer({ min: 1, max: 5 }),
    rule: fc.constant('curtailed' as const),
  }),
  fc.record({ kind: fc.constant('agreement' as const), models: some }),
  fc.record({ kind: fc.constant('model-switch' as const), models: some, samplesPerModel: fc.integer({ min: 2, max: 4 }) }),
  fc.record({
    kind: fc.constant('mini-n' as const),
    model,
    miniN: fc.integer({ min: 1, max: 2 }),
    total: fc.integer({ min: 2, max: 5 }),
    scorer: fc.constant('sure'),
    above: threshold,
    mode: fc.constantFrom('guardrail' as const, 'accelerator' as const),
  }),
  fc.constantFrom(...examplePolicies),
);

const measure: fc.Arbitrary<readonly [ConfidenceExpression, number | null, PolicyExpression]> = fc.oneof(
  fc.tuple(
    fc.record({ kind: fc.constant('vote-share' as const), samples: fc.integer({ min: 1, max: 3 }) }),
    threshold,
    fc.record({ kind: fc.constant('single' as const), model }),
  ),
  fc.tuple(
    fc.record({ kind: fc.constant('signal' as const), name: signal }),
    threshold,
    fc.record({ kind: fc.constant('single' as const), model }),
  ),
  fc.tuple(
    fc.record({ kind: fc.constant('score' as const), scorer: fc.constant('sure') }),
    threshold,
    fc.record({ kind: fc.constant('single' as const), model }),
  ),
  fc.tuple(fc.record({ kind: fc.constant('verdict' as const) }), fc.constant(null), leaf),
);

/** Any policy over the models small, middle and big, with a signal `sure`. */
export const arbitraryPolicy: fc.Arbitrary<PolicyExpression> = fc.oneof(
  leaf,
  fc.tuple(fc.array(measure, { minLength: 1, maxLength: 2 }), leaf).map(
    ([tests, last]): PolicyExpression => ({
      kind: 'cascade',
      stages: [...tests.map(([, , stage]) => stage), last],
      confidence: tests.map(([confidence]) => confidence),
      accept: tests.map(([, accept]) => accept),
    }),
  ),
);
