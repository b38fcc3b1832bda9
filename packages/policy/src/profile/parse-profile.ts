import { z } from 'zod';
import type { PolicyExpression } from '../optimize/policy-expression.ts';
import { type FileProblem, InvalidFileError } from '../tasks/invalid-file-error.ts';
import type { Profile } from './profile.ts';

const name = z.string().min(1);
const names = z.array(name).min(1);
const whole = z.int().min(1);
const bins = z.array(
  z.object({
    from: z.number(),
    tasks: z.number(),
    action: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('vote'), samples: whole }),
      z.object({ kind: z.literal('escalate'), to: whole, samples: whole }),
    ]),
  }),
);
const difficulty = z.object({ probe: whole, bins: bins.min(1) });
const multiplexer = z.object({
  version: z.literal(1),
  features: z.array(z.string()),
  scale: z.array(z.object({ count: z.number(), mean: z.number(), squares: z.number() })),
  models: z.array(
    z.object({
      pass: z.object({ count: z.number(), mean: z.array(z.number()), covariance: z.array(z.array(z.number())) }),
      usd: z.number(),
      priced: z.number(),
    }),
  ),
});
const confidence = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('vote-share'), samples: whole }),
  z.object({ kind: z.literal('verdict') }),
  z.object({ kind: z.literal('signal'), name }),
  z.object({ kind: z.literal('score'), scorer: name }),
]);
const expression: z.ZodType<PolicyExpression> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('single'), model: name }),
    z.object({ kind: z.literal('vote'), model: name, samples: whole }),
    z.object({
      kind: z.literal('vote-until'),
      model: name,
      votes: whole,
      rule: z.enum(['curtailed', 'sequential']),
      alpha: z.number().gt(0).lt(1).exactOptional(),
    }),
    z.object({ kind: z.literal('agreement'), models: names, accept: z.number().exactOptional() }),
    z.object({
      kind: z.literal('cascade'),
      stages: z.array(expression).min(1),
      confidence: z.array(confidence),
      accept: z.array(z.number().nullable()),
    }),
    z.object({ kind: z.literal('model-switch'), models: names, samplesPerModel: whole }),
    z.object({
      kind: z.literal('mini-n'),
      model: name,
      miniN: whole,
      total: whole,
      scorer: name,
      above: z.number(),
      mode: z.enum(['guardrail', 'accelerator']),
    }),
    z.object({ kind: z.literal('adaptive'), models: names, table: difficulty }),
    z.object({ kind: z.literal('multiplex'), models: names, state: multiplexer, fallbackUsd: z.number().min(0) }),
  ]),
);
const interval = z.tuple([z.number(), z.number()]);
const model = z.object({ provider: z.string(), modelId: z.string() });
const threshold = z.object({
  signal: name,
  source: name,
  threshold: z.number(),
  claim: z.object({
    method: name,
    sampleSize: whole,
    risk: z.number(),
    controls: z.enum(['falseDiscoveryRate', 'falseAcceptRate']).exactOptional(),
    delta: z.number().exactOptional(),
  }),
  provenance: z
    .object({ model, promptHash: z.string().exactOptional(), createdAt: z.string(), expiresAt: z.string() })
    .exactOptional(),
});
const profile: z.ZodType<Profile> = z.object({
  kind: z.literal('tollgate-profile'),
  version: z.literal(1, { error: 'this version of tollgate reads profiles of version 1' }),
  createdAt: z.string(),
  expiresAt: z.string(),
  source: z.string(),
  models: names,
  thresholds: z.array(threshold),
  policy: z
    .object({
      name,
      expression,
      heldOut: z.object({
        tasks: z.number(),
        accuracy: z.number(),
        accuracyCi95: interval,
        usdPerTask: z.number(),
        usdPerTaskCi95: interval,
      }),
    })
    .exactOptional(),
  multiplexer: multiplexer.exactOptional(),
  difficulty: difficulty.exactOptional(),
});

/**
 * Reads a profile from its text.
 *
 * @throws InvalidFileError naming each field that is wrong.
 */
export function parseProfile(text: string, { source }: { readonly source: string }): Profile {
  const advice = 'Make a profile with: tollgate optimize LOGS --accuracy 0.95 --out profile.json';
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InvalidFileError(
      source,
      [{ message: `it is not JSON: ${error instanceof Error ? error.message : String(error)}` }],
      advice,
    );
  }
  const read = profile.safeParse(json);
  if (read.success) return read.data;
  const problems = read.error.issues.map(
    ({ path, message }): FileProblem => ({ message: `${path.join('.') || 'the file'}: ${message}` }),
  );
  throw new InvalidFileError(source, problems, advice);
}
