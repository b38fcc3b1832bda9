import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidOptionError, type Model, textOf } from '@tollgate/sdk';
import { scriptedModel, virtualClock } from '@tollgate/sdk/testing';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { noisyTable } from '../optimize/__fixtures__/outcome-tables.ts';
import { arbitraryPolicy, examplePolicies } from '../optimize/__fixtures__/policies.ts';
import { evaluatePolicy } from '../optimize/evaluate-policy.ts';
import { optimizePolicy } from '../optimize/optimize-policy.ts';
import { modelsOf, type PolicyExpression, policyName } from '../optimize/policy-expression.ts';
import { InvalidFileError } from '../tasks/invalid-file-error.ts';
import { fromProfile, policyOf } from './from-profile.ts';
import { loadProfile } from './load-profile.ts';
import { optimizedProfile } from './optimized-profile.ts';
import { parseProfile } from './parse-profile.ts';
import type { Profile } from './profile.ts';

const folder = mkdtempSync(join(tmpdir(), 'profile-'));
afterAll(() => rmSync(folder, { recursive: true }));

function profileOf(expression: PolicyExpression): Profile {
  return {
    kind: 'tollgate-profile',
    version: 1,
    createdAt: '2026-01-01T00:00:00.000Z',
    expiresAt: '2026-01-31T00:00:00.000Z',
    source: 'logs.jsonl',
    models: modelsOf(expression),
    thresholds: [],
    policy: {
      name: policyName(expression),
      expression,
      heldOut: { tasks: 20, accuracy: 0.9, accuracyCi95: [0.8, 1], usdPerTask: 0.1, usdPerTaskCi95: [0.05, 0.15] },
    },
  };
}

function throughText(expression: PolicyExpression): PolicyExpression {
  return policyOf(parseProfile(JSON.stringify(profileOf(expression)), { source: 'profile.json' })).expression;
}

describe('a profile as text', () => {
  it.each(examplePolicies)('keeps $kind as it is', (expression) => {
    expect(throughText(expression)).toEqual(expression);
  });

  it('keeps what any policy does', () => {
    const table = noisyTable({ tasks: 8, samples: 15 });
    const ground = { table, tasks: table.tasks, orders: 2, seed: 9 };
    fc.assert(
      fc.property(arbitraryPolicy, (expression) => {
        const read = throughText(expression);
        const again = evaluatePolicy(read, ground);
        expect(again && { ...again, expression }).toEqual(evaluatePolicy(expression, ground));
      }),
      { seed: 12, numRuns: 100 },
    );
  });

  it('is what an optimisation writes', () => {
    const optimized = optimizePolicy({ table: noisyTable({ models: ['small', 'big'] }), objective: { accuracy: 0.7 } });
    const profile = optimizedProfile(optimized, { source: 'logs.jsonl', clock: virtualClock() });
    expect(parseProfile(JSON.stringify(profile), { source: 'profile.json' })).toEqual(profile);
    expect(Date.parse(profile.expiresAt) - Date.parse(profile.createdAt)).toBe(30 * 86_400_000);
    expect(profile.policy).toMatchObject({ ...optimized.chosen, heldOut: { tasks: 20 } });
  });
});

describe('loadProfile', () => {
  const good = profileOf({ kind: 'single', model: 'small' });
  const withExpression = (expression: unknown): unknown => ({ ...good, policy: { ...good.policy, expression } });

  it.each<[string, unknown, readonly string[]]>([
    ['another kind of file', { kind: 'tollgate-prices' }, ['kind: ', 'createdAt: ', 'models: ', 'thresholds: ']],
    ['a later version', { ...good, version: 2 }, ['version: this version of tollgate reads profiles of version 1']],
    ['a list', [], ['the file: ']],
    ['an unknown policy', withExpression({ kind: 'guess' }), ['policy.expression.kind: ']],
    ['a vote of none', withExpression({ kind: 'vote', model: 'a', samples: 0 }), ['policy.expression.samples: ']],
    [
      'a stage inside',
      withExpression({
        kind: 'cascade',
        stages: [{ kind: 'single' }],
        confidence: [{ kind: 'signal' }],
        accept: ['x'],
      }),
      ['policy.expression.stages.0.model: ', 'policy.expression.confidence.0.name: ', 'policy.expression.accept.0: '],
    ],
    [
      'no bins',
      withExpression({ kind: 'adaptive', models: ['a'], table: { probe: 3, bins: [] } }),
      ['policy.expression.table.bins: '],
    ],
  ])('names the fields of %s', (name, content, problems) => {
    const path = join(folder, 'profile.json');
    writeFileSync(path, JSON.stringify(content));
    const load = (): unknown => loadProfile(path);
    expect(load, name).toThrow(InvalidFileError);
    for (const problem of problems) expect(load, name).toThrow(problem);
    expect(load, name).toThrow('Make a profile with: tollgate optimize');
  });

  it('reads a good one, and says so where there is none or no JSON', () => {
    const path = join(folder, 'good.json');
    writeFileSync(path, JSON.stringify(good));
    expect(loadProfile(path)).toEqual(good);
    writeFileSync(path, '{"kind":');
    expect(() => loadProfile(path)).toThrow(/good\.json has 1 problem:\n {2}it is not JSON: /);
    expect(() => loadProfile(join(folder, 'none.json'))).toThrow(/it could not be read: ENOENT/);
  });
});

async function ask(model: Model): Promise<string> {
  const { candidates, decision } = await model.generate({ messages: [{ role: 'user', content: '?' }] });
  const candidate = candidates.find(({ id }) => id === decision.chosen);
  return candidate === undefined ? '' : textOf(candidate);
}

describe('fromProfile', () => {
  const cascade: PolicyExpression = {
    kind: 'cascade',
    stages: [
      { kind: 'single', model: 'small' },
      { kind: 'single', model: 'big' },
    ],
    confidence: [{ kind: 'vote-share', samples: 2 }],
    accept: [1],
  };

  it('runs live what was replayed: the same calls, the same answer', async () => {
    const small = scriptedModel([{ texts: ['4', '4'] }, { texts: ['5', '6'] }]);
    const big = scriptedModel([{ text: '7' }]);
    const model = fromProfile(profileOf(cascade), { small, big });
    expect([await ask(model), await ask(model)]).toEqual(['4', '7']);
    small.assertDone();
    big.assertDone();
  });

  it('uses scorers of the app by their names', async () => {
    const judged: PolicyExpression = { ...cascade, confidence: [{ kind: 'score', scorer: 'judge' }], accept: [0.5] };
    const small = scriptedModel([{ text: 'good' }, { text: 'bad' }]);
    const big = scriptedModel([{ text: 'best' }]);
    const model = fromProfile(
      profileOf(judged),
      { small, big },
      {
        scorers: {
          judge: {
            name: 'judge',
            score: async ({ candidates }) => ({
              verdicts: candidates.map((candidate) => ({
                candidateId: candidate.id,
                status: 'abstain' as const,
                score: JSON.stringify(candidate).includes('good') ? 0.9 : 0.1,
              })),
              charges: [],
            }),
          },
        },
      },
    );
    expect([await ask(model), await ask(model)]).toEqual(['good', 'best']);
  });

  it('needs a policy', () => {
    const { policy: _, ...thresholds } = profileOf(cascade);
    expect(() => fromProfile(thresholds, {})).toThrow(InvalidOptionError);
    expect(() => fromProfile(thresholds, {})).toThrow(
      /holds thresholds and no policy\. Make one with: tollgate optimize/,
    );
  });
});
