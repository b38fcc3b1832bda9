import { cascade, vote, voteShare } from '@tollgate/router';
import { InvalidOptionError, strategyOf, withRetry } from '@tollgate/sdk';
import { scriptedModel } from '@tollgate/sdk/testing';
import { describe, expect, it } from 'vitest';
import { defineConfig, type StrategyBuilder, type TollgateConfig } from './config.ts';
import { defaultStrategies, resolveStrategies, standIn } from './strategy-spec.ts';

const models = ['small', 'middle', 'big'];

function withStrategies(strategies: NonNullable<TollgateConfig['strategies']>): {
  readonly models: readonly string[];
  readonly config: TollgateConfig;
} {
  return { models, config: defineConfig({ models: {}, strategies }) };
}

const touchedBy = (builder: StrategyBuilder): readonly string[] | undefined =>
  resolveStrategies(['mine'], withStrategies({ mine: builder }))[0]?.models;

describe('resolveStrategies', () => {
  it('reads short forms as they are', () => {
    expect(resolveStrategies(['single:small', 'mini-n:big:2x4:oracle'], { models })).toMatchObject([
      { name: 'single:small', models: ['small'], oracle: false },
      { name: 'mini-n:big:2x4:oracle', models: ['big'], oracle: true },
    ]);
  });

  it('finds short forms and builders of the configuration by name', () => {
    const pool = withStrategies({
      plain: 'cascade:small,big',
      best: 'mini-n:small:2x2:oracle',
      built: ({ small, big }) =>
        cascade(
          [small, big].filter((model) => model !== undefined),
          { confidence: voteShare({ samples: 3 }), accept: 0.5 },
        ),
    });
    expect(resolveStrategies(['plain', 'best', 'built'], pool)).toMatchObject([
      { name: 'plain', models: ['small', 'big'], oracle: false },
      { name: 'best', models: ['small'], oracle: true },
      { name: 'built', models: ['small', 'big'], oracle: false },
    ]);
  });

  it('prefers a configured name over a form that reads like one', () => {
    const [spec] = resolveStrategies(['single:small'], withStrategies({ 'single:small': 'vote:big:2' }));
    expect(spec).toMatchObject({ name: 'single:small', models: ['big'] });
  });

  it('finds the models that a builder touches, and no other', () => {
    expect(touchedBy(({ big }) => vote(big as never, { samples: 2 }))).toEqual(['big']);
    expect(
      touchedBy(({ small, ...rest }) =>
        rest['big'] === undefined ? vote(small as never, { samples: 2 }) : vote(rest['big'], { samples: 2 }),
      ),
    ).toEqual(['small', 'middle', 'big']);
    expect(
      touchedBy((pool) =>
        'middle' in pool && !('none' in pool)
          ? vote(pool['middle'] as never, { samples: 2 })
          : vote(pool['big'] as never, { samples: 2 }),
      ),
    ).toEqual(['middle']);
    expect(
      touchedBy((pool) => cascade(Object.values(pool), { confidence: voteShare({ samples: 2 }), accept: 1 })),
    ).toEqual(models);
  });

  it('asks a model of the pool that a builder hands back as it is', async () => {
    const [spec] = resolveStrategies(['mine'], withStrategies({ mine: ({ small }) => withRetry(small as never) }));
    const small = scriptedModel([{ text: '41' }]);
    const help = { answer: { name: 'none', key: () => undefined }, gold: { kind: 'number', answer: 1 } } as const;
    const model = spec?.build({ small }, help);
    expect(model === undefined ? undefined : strategyOf(model)?.core.name).toBe('single');
    const result = await model?.generate({ messages: [{ role: 'user', content: '?' }] });
    expect(result?.candidates[0]?.content).toEqual([{ type: 'text', text: '41' }]);
  });

  it('hands a builder the answer key and never the check that grades', () => {
    let seen: unknown;
    const builder: StrategyBuilder = (pool, help) => {
      seen = help;
      return vote(pool['small'] as never, { samples: 2, answer: help.answer });
    };
    const [spec] = resolveStrategies(['mine'], withStrategies({ mine: builder }));
    const answer = { name: 'key', key: () => 'same' };
    spec?.build({ small: standIn('small') }, { answer, gold: { kind: 'exact', answer: 'the-gold-answer' } });
    expect(seen).toEqual({ answer });
  });

  it.each([
    [
      ['frugl'],
      /There is no strategy "frugl"\. Did you mean "frugal"\? The configuration names frugal, other; a short form such as vote:MODEL:8 needs no configuration\./,
    ],
    [['nothing-like-it'], /There is no strategy "nothing-like-it"\. The configuration names/],
    [
      ['vote:smal:3'],
      /Strategy "vote:smal:3" names the model "smal", which is not in the pool\. Did you mean "small"\? The pool has small, middle, big\./,
    ],
    [['single:zzz'], /names the model "zzz", which is not in the pool\. The pool has small, middle, big\./],
    [['single:big', 'single:big'], /Strategy "single:big" is named twice/],
    [['bad'], /Strategy "bad" uses the model "samll", which is not in the pool\. Did you mean "small"\?/],
    [['bad-form'], /Strategy "bad-form" names the model "bigg"/],
    [['toString'], /There is no strategy "toString"/],
  ])('refuses %j', (names, message) => {
    const pool = withStrategies({ frugal: 'vote:small', other: 'vote:big' });
    const wrong = withStrategies({
      bad: ({ samll }) => vote(samll as never, { samples: 2 }),
      'bad-form': 'single:bigg',
    });
    const where = names[0]?.startsWith('bad') === true ? wrong : pool;
    expect(() => resolveStrategies(names, where)).toThrow(InvalidOptionError);
    expect(() => resolveStrategies(names, where)).toThrow(message);
  });

  it('says so where nothing is configured', () => {
    expect(() => resolveStrategies(['frugal'], { models: [] })).toThrow(/The configuration names none; a short form/);
    expect(() => resolveStrategies(['single:a'], { models: [] })).toThrow(/The pool has none\./);
  });
});

describe('defaultStrategies', () => {
  it('runs all that are configured, else every model alone, whatever its name', () => {
    expect(defaultStrategies(withStrategies({ b: 'vote:small', a: 'vote:big' }))).toEqual(['b', 'a']);
    const odd = { models: ['small', 'llama3:8b', 'one,two'] };
    expect(resolveStrategies(defaultStrategies(odd), odd).map((spec) => spec.models)).toEqual([
      ['small'],
      ['llama3:8b'],
      ['one,two'],
    ]);
    expect(defaultStrategies({ models: [] })).toEqual([]);
  });
});

describe('standIn', () => {
  it('has a name and cannot be asked', () => {
    const model = standIn('small');
    expect(model.modelId).toBe('small');
    expect(() => model.stream({ messages: [] })).toThrow(/"small" is only a name here/);
  });
});
