import { type AnswerKey, InvalidOptionError, type Model, strategyOf, type StrategyPlan } from '@tollgate/sdk';
import { textCapabilities } from '@tollgate/sdk/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { looksLikeShortForm, parseShortForm } from './short-form.ts';

const answer: AnswerKey = { name: 'test-key', key: () => undefined };

function planOf(text: string, known: readonly string[] = []): StrategyPlan & { readonly oracle: boolean } {
  const spec = parseShortForm(text, known);
  const pool = Object.fromEntries(spec.models.map((name) => [name, named(name)]));
  const plan = strategyOf(spec.build(pool, { answer, gold: { kind: 'number', answer: 7 } }));
  if (plan === undefined) throw new Error('a short form must build a strategy');
  return { ...plan, oracle: spec.oracle };
}

function named(modelId: string): Model {
  const unasked = (): never => {
    throw new Error(`"${modelId}" was asked`);
  };
  return {
    specVersion: 1,
    provider: 'test',
    modelId,
    capabilitiesFor: () => textCapabilities(),
    generate: unasked,
    stream: unasked,
  };
}

describe('parseShortForm', () => {
  it.each([
    ['single:a', 'single', {}, ['a']],
    ['vote:a', 'vote', { samples: 8 }, ['a']],
    ['vote:a:3', 'vote', { samples: 3 }, ['a']],
    ['cascade:a,b', 'cascade', { samples: 3, accept: 0.6 }, ['a', 'b']],
    ['cascade:a,b,c:5', 'cascade', { samples: 5, accept: 0.6 }, ['a', 'b', 'c']],
    ['cascade:a,b:4@0.75', 'cascade', { samples: 4, accept: 0.75 }, ['a', 'b']],
    ['cascade:a,b:2@1', 'cascade', { samples: 2, accept: 1 }, ['a', 'b']],
    ['cascade:a, b', 'cascade', { samples: 3 }, ['a', 'b']],
    ['model-switch:a,b', 'model-switch', { samplesPerModel: 5, threshold: 1 }, ['a', 'b']],
    ['model-switch:a,b,c:2', 'model-switch', { samplesPerModel: 2 }, ['a', 'b', 'c']],
    ['mini-n:a:2x4', 'best-of-mini-n', { miniN: 2, total: 8, mode: 'guardrail' }, ['a']],
    ['mini-n:a:1x1', 'best-of-mini-n', { miniN: 1, total: 1 }, ['a']],
  ])('reads %s', (...[text, core, parameters, models]) => {
    const plan = planOf(text);
    expect(plan.core.name).toBe(core);
    expect(plan.core.parameters ?? {}).toMatchObject(parameters);
    expect(plan.sources.map(({ modelId }) => modelId)).toEqual(models);
    expect(parseShortForm(text)).toMatchObject({ name: text, models });
    expect(plan.oracle).toBe(false);
  });

  it('votes with the answer key of the task', () => {
    for (const text of ['vote:a:3', 'cascade:a,b', 'model-switch:a,b', 'mini-n:a:2x2'])
      expect(planOf(text).answer).toBe(answer);
  });

  it('judges mini-n by the task’s own check, and by the grading one only where that is asked for', () => {
    expect(planOf('mini-n:a:2x4').scorers).toMatchObject([{ name: 'verify' }]);
    expect(planOf('mini-n:a:2x4').scorers[0]?.oracle).toBeUndefined();
    const oracle = planOf('mini-n:a:2x4:oracle');
    expect(oracle.scorers).toMatchObject([{ name: 'oracle', oracle: true }]);
    expect(oracle.oracle).toBe(true);
  });

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['votee:a:8', /there is no form "votee"\. Did you mean "vote"\? The forms are single:MODEL \|/],
    [':a', /there is no form ""\. The forms are/],
    ['toString:a', /there is no form "toString"/],
    ['single', /a model has no name\. Write it as single:MODEL\.$/],
    ['single:', /a model has no name/],
    ['vote:a,:8', /a model has no name/],
    ['single:a,b', /it takes one model/],
    ['single:a:2', /there is too much after the models\. Write it as single:MODEL/],
    ['cascade:a', /it needs two models or more\. Write it as cascade:MODEL,MODEL,…/],
    ['model-switch:a:3', /it needs two models or more/],
    ['cascade:a,a', /a model is named twice/],
    ['vote:a:0', /"0" is not a whole number in \[1, 10000\]/],
    ['vote:a:2.5', /"2\.5" is not a whole number/],
    ['vote:a:1e3', /"1e3" is not a whole number/],
    ['vote:a:20000', /"20000" is not a whole number/],
    ['vote:a:', /"" is not a whole number/],
    ['vote:a:three', /"three" is not a whole number/],
    ['vote:a:3:4', /too much after the models/],
    ['cascade:a,b:@0.6', /"" is not a whole number/],
    ['cascade:a,b:3@', /"" is not a share in \(0, 1\]/],
    ['cascade:a,b:3@0', /"0" is not a share/],
    ['cascade:a,b:3@60', /"60" is not a share/],
    ['cascade:a,b:3@0.6@0.7', /more than one @/],
    ['mini-n:a', /"" is not NxLOOPS, such as 2x4/],
    ['mini-n:a:8', /"8" is not NxLOOPS/],
    ['mini-n:a:0x4', /"0" is not a whole number/],
    ['mini-n:a:2x4:orcale', /too much after the models/],
    ['mini-n:a:2x4:oracle:1', /too much after the models/],
  ];
  it.each(wrong)('refuses %s', (text, message) => {
    expect(() => parseShortForm(text)).toThrow(InvalidOptionError);
    expect(() => parseShortForm(text)).toThrow(message);
    expect(() => parseShortForm(text)).toThrow(`Strategy "${text}"`);
  });

  it('knows models whose names hold the signs of the form', () => {
    const known = ['llama3', 'llama3:8b', 'vendor,odd'];
    expect(parseShortForm('single:llama3:8b', known).models).toEqual(['llama3:8b']);
    expect(planOf('vote:llama3:8b:5', known).core.parameters).toEqual({ samples: 5 });
    expect(planOf('vote:llama3:5', known)).toMatchObject({ core: { parameters: { samples: 5 } } });
    expect(parseShortForm('cascade:llama3,llama3:8b,vendor,odd:3@0.5', known).models).toEqual([
      'llama3',
      'llama3:8b',
      'vendor,odd',
    ]);
    expect(() => parseShortForm('single:llama3:8b')).toThrow(/too much after the models/);
  });

  it('names the nearest model of a pool that lacks one', () => {
    const spec = parseShortForm('cascade:smal,big');
    expect(() =>
      spec.build({ small: named('small'), big: named('big') }, { answer, gold: { kind: 'number', answer: 7 } }),
    ).toThrow(/There is no model "smal"\. Did you mean "small"\? The models are small, big\./);
  });

  const name = fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/);
  it('gives back the models and numbers that were written', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { minLength: 2, maxLength: 4 }),
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 1, max: 100 }),
        (models, samples, percent) => {
          const text = `cascade:${models.join(',')}:${samples}@${percent / 100}`;
          expect(parseShortForm(text).models).toEqual(models);
          expect(planOf(text).core.parameters).toMatchObject({ samples, accept: percent / 100 });
        },
      ),
      { seed: 4, numRuns: 50 },
    );
  });

  it('tells a form from a name', () => {
    expect(looksLikeShortForm('vote:small')).toBe(true);
    expect(looksLikeShortForm('frugal')).toBe(false);
  });
});
