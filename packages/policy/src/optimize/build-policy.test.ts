import { InvalidOptionError, strategyOf } from '@tollgate/sdk';
import { scriptedModel } from '@tollgate/sdk/testing';
import { describe, expect, it } from 'vitest';
import { examplePolicies } from './__fixtures__/policies.ts';
import { buildPolicy } from './build-policy.ts';
import { modelsOf, mostCalls, type PolicyExpression, policyName } from './policy-expression.ts';
import { recordedScorers } from './recorded-scorers.ts';

const models = Object.fromEntries(['small', 'middle', 'big'].map((name) => [name, scriptedModel([{ text: name }])]));

describe('buildPolicy', () => {
  it.each(examplePolicies)('$kind: makes a strategy of it, by name', (expression) => {
    const model = buildPolicy(expression, { models, scorers: recordedScorers(expression) });
    expect(strategyOf(model)?.core.name).toBeTypeOf('string');
  });

  it.each(examplePolicies)('$kind: names the nearest model where one is not there', (expression) => {
    const [first = ''] = modelsOf(expression);
    const others = { ...models, [`${first}s`]: models[first] ?? scriptedModel([]) };
    delete others[first];
    const build = (): unknown => buildPolicy(expression, { models: others, scorers: recordedScorers(expression) });
    expect(build).toThrow(InvalidOptionError);
    expect(build).toThrow(`The policy uses the model "${first}", which is not there. Did you mean "${first}s"?`);
  });

  it('names a scorer that is not given, of a cascade inside too', () => {
    const asking = examplePolicies.filter((one) => JSON.stringify(one).includes('"scorer"'));
    expect(asking.map(({ kind }) => kind)).toEqual(['cascade', 'mini-n']);
    for (const expression of asking) {
      expect(() => buildPolicy(expression, { models })).toThrow(
        'The policy uses the scorer "sure", which is not there. Given: none.',
      );
    }
  });

  it('takes no name for a model that every object has', () => {
    expect(() => buildPolicy({ kind: 'single', model: 'toString' }, { models })).toThrow(
      /"toString", which is not there/,
    );
  });
});

describe('a policy in words', () => {
  it.each<[PolicyExpression['kind'] | number, string, number]>([
    [0, 'small', 1],
    [1, 'vote(small x3)', 3],
    [2, 'curtailed vote(small x5)', 5],
    [3, 'sequential vote(small x5)', 5],
    [4, 'agree(small, middle)', 2],
    [5, 'small if sure >= 0.6 else middle if share of 3 >= 0.66 else vote(big x3)', 7],
    [6, 'agree(small, middle) else big', 3],
    [7, 'small if sure >= 0.6 else big', 2],
    [8, 'switch(small, big x2)', 4],
    [9, 'mini-n(small 1x4 by sure > 0.6)', 4],
    [10, 'adaptive(small, big probe 3)', 4],
    [11, 'multiplex(small, big at $0.05 a miss)', 1],
  ])('%s: %s draws at most %i', (index, name, calls) => {
    const expression = examplePolicies[Number(index)] ?? { kind: 'single', model: '' };
    expect([policyName(expression), mostCalls(expression)]).toEqual([name, calls]);
  });

  it('names each of its models once', () => {
    expect(examplePolicies.map(modelsOf).map((names) => names.length)).toEqual([1, 1, 1, 1, 2, 3, 3, 2, 2, 1, 2, 2]);
  });
});
