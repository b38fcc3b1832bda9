import { bestOfMiniN, cascade, modelSwitch, single, vote, voteShare } from '@tollgate/router';
import { type AnswerCheck, type AnswerKey, InvalidOptionError, type Model, nearestName } from '@tollgate/sdk';
import { oracleScorer, verifyScorer } from '@tollgate/verifier';

/** What a strategy is built with, for one task. */
export interface BuildHelp {
  readonly answer: AnswerKey;
  /** The check that grades the task. Only a strategy that was asked for as an oracle may be built with it. */
  readonly gold: AnswerCheck;
}

/** A strategy by name, ready to be built for a task. */
export interface StrategySpec {
  readonly name: string;
  /** Names of the models it touches. */
  readonly models: readonly string[];
  /** It chooses by the check that grades: labelled `oracle verifier` wherever it is shown. */
  readonly oracle: boolean;
  build(models: { readonly [name: string]: Model }, help: BuildHelp): Model;
}

const defaultVoteSamples = 8;
const defaultCascadeSamples = 3;
const defaultCascadeAccept = 0.6;
const defaultSwitchSamples = 5;

const forms = {
  single: 'single:MODEL',
  vote: 'vote:MODEL[:SAMPLES]',
  cascade: 'cascade:MODEL,MODEL,…[:SAMPLES[@ACCEPT]]',
  'model-switch': 'model-switch:MODEL,MODEL,…[:SAMPLES]',
  'mini-n': 'mini-n:MODEL:NxLOOPS[:oracle]',
} as const;

type Form = keyof typeof forms;

/**
 * Reads a strategy's short form.
 *
 * `single:M` asks once. `vote:M:8` takes the majority of 8. `cascade:A,B:3@0.6` asks A three times, keeps its majority
 * when at least 0.6 of the three agree, else asks B. `model-switch:A,B,C:5` takes five of each until one agrees with
 * itself, else a weighted vote. `mini-n:M:2x4` draws two at a time, four times at most, until one passes the task's
 * `verify` (where there is none: until most agree); `:oracle` lets it see the check that grades.
 *
 * @param known Names of models, for those that have a `:` or a `,` in them: the longest one that fits is meant.
 * @throws InvalidOptionError for a form or a number that cannot be meant, with the form it should have.
 *
 * @example
 * parseShortForm('cascade:small,big:5@0.8').models; // ['small', 'big']
 */
export function parseShortForm(text: string, known: readonly string[] = []): StrategySpec {
  const [kind = ''] = text.split(':', 1);
  if (!isForm(kind)) throw unknownForm(text, kind);
  const { models, rest } = readModels(text.slice(kind.length + 1), known);
  if (models.some((name) => name === '')) throw malformed(text, kind, 'a model has no name');
  const several = kind === 'cascade' || kind === 'model-switch';
  if (several && models.length < 2) throw malformed(text, kind, 'it needs two models or more');
  if (!several && models.length > 1) throw malformed(text, kind, 'it takes one model');
  if (new Set(models).size !== models.length) throw malformed(text, kind, 'a model is named twice');
  const oracle = kind === 'mini-n' && rest[1] === 'oracle';
  if (rest.length > (kind === 'single' ? 0 : oracle ? 2 : 1))
    throw malformed(text, kind, 'there is too much after the models');
  const parameter = rest[0];
  const spec = (build: StrategySpec['build']): StrategySpec => ({ name: text, models, oracle, build });
  const first = models[0] as string;
  switch (kind) {
    case 'single':
      return spec((pool) => single(modelNamed(pool, first)));
    case 'vote': {
      const samples = count(text, kind, parameter ?? String(defaultVoteSamples));
      return spec((pool, { answer }) => vote(modelNamed(pool, first), { samples, answer }));
    }
    case 'cascade': {
      const [samplesText = '', acceptText, more] = (parameter ?? String(defaultCascadeSamples)).split('@');
      if (more !== undefined) throw malformed(text, kind, 'there is more than one @');
      const samples = count(text, kind, samplesText);
      const accept = acceptText === undefined ? defaultCascadeAccept : share(text, kind, acceptText);
      return spec((pool, { answer }) =>
        cascade(
          models.map((name) => modelNamed(pool, name)),
          { confidence: voteShare({ samples, answer }), accept },
        ),
      );
    }
    case 'model-switch': {
      const samplesPerModel = count(text, kind, parameter ?? String(defaultSwitchSamples));
      return spec((pool, { answer }) =>
        modelSwitch(
          models.map((name) => modelNamed(pool, name)),
          { samplesPerModel, answer },
        ),
      );
    }
    case 'mini-n': {
      const match = /^(\d+)x(\d+)$/.exec(parameter ?? '');
      if (match === null) throw malformed(text, kind, `"${parameter ?? ''}" is not NxLOOPS, such as 2x4`);
      const miniN = count(text, kind, match[1] as string);
      const total = miniN * count(text, kind, match[2] as string);
      return spec((pool, { answer, gold }) =>
        bestOfMiniN(modelNamed(pool, first), {
          miniN,
          total,
          answer,
          scorer: oracle ? oracleScorer(gold) : verifyScorer(),
        }),
      );
    }
    default:
      return kind satisfies never;
  }
}

/** Whether a text is meant as a short form rather than as the name of a configured strategy. */
export function looksLikeShortForm(text: string): boolean {
  return text.includes(':');
}

function isForm(kind: string): kind is Form {
  return Object.hasOwn(forms, kind);
}

/** The list of models, up to the `:` behind it, and the parameters after that. */
function readModels(text: string, known: readonly string[]): { readonly models: string[]; readonly rest: string[] } {
  const models: string[] = [];
  for (let start = 0; ; ) {
    const fits = known.filter(
      (name) => text.startsWith(name, start) && /^(?:[,:]|$)/.test(text.slice(start + name.length)),
    );
    const name = fits.sort((a, b) => b.length - a.length)[0] ?? /^[^,:]*/.exec(text.slice(start))?.[0] ?? '';
    const end = start + name.length;
    models.push(name.trim());
    if (text[end] !== ',') return { models, rest: end < text.length ? text.slice(end + 1).split(':') : [] };
    start = end + 1;
  }
}

function modelNamed(pool: { readonly [name: string]: Model }, name: string): Model {
  const model = pool[name];
  if (model === undefined) {
    const near = nearestName(name, Object.keys(pool));
    throw new InvalidOptionError(
      'strategy',
      `There is no model "${name}".${near === undefined ? '' : ` Did you mean "${near}"?`} The models are ${Object.keys(pool).join(', ')}.`,
    );
  }
  return model;
}

function count(text: string, kind: Form, value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < 1 || number > 10_000) {
    throw malformed(text, kind, `"${value}" is not a whole number in [1, 10000]`);
  }
  return number;
}

function share(text: string, kind: Form, value: string): number {
  const number = Number(value);
  if (value === '' || !(number > 0 && number <= 1)) throw malformed(text, kind, `"${value}" is not a share in (0, 1]`);
  return number;
}

function malformed(text: string, kind: Form, why: string): InvalidOptionError {
  return new InvalidOptionError('strategy', `Strategy "${text}": ${why}. Write it as ${forms[kind]}.`);
}

function unknownForm(text: string, kind: string): InvalidOptionError {
  const near = nearestName(kind, Object.keys(forms));
  return new InvalidOptionError(
    'strategy',
    `Strategy "${text}": there is no form "${kind}".${near === undefined ? '' : ` Did you mean "${near}"?`} The forms are ${Object.values(forms).join(' | ')}.`,
  );
}
