import { fitDifficultyTable } from '@tollgate/router';
import { type CalibratedThreshold, type Clock, InvalidOptionError } from '@tollgate/sdk';
import { tallyVotes } from '@tollgate/stats';
import { calibrate, type LabelledScore } from '@tollgate/verifier';
import { meanUsd } from '../outcomes/mean-usd.ts';
import type { OutcomesTable } from '../outcomes/outcomes-table.ts';
import { profileDays, profileHead } from '../profile/profile-head.ts';
import type { Profile } from '../profile/profile.ts';
import { labelledSamples } from './labelled-samples.ts';
import { learnMultiplexer } from './learn-multiplexer.ts';

/** Options of `calibrateOutcomes`. */
export interface CalibrateOutcomesOptions {
  readonly table: OutcomesTable;
  /** Share of accepted answers that may be wrong. Range (0, 1). */
  readonly risk: number;
  /** The chance that a promise fails for bad luck with the labels. Range (0, 1). @defaultValue 0.05 */
  readonly delta?: number;
  /** What a wrong answer costs in US dollars, for the table of difficulties. @defaultValue ten times the dearest model's answer */
  readonly fallbackUsd?: number;
  /** Identity of the prompt that the answers were made with, any hash of the caller's. */
  readonly promptHash?: string;
  readonly clock: Clock;
}

/** A threshold that could not be promised. */
export interface RefusedThreshold {
  readonly model: string;
  readonly signal: string;
  readonly reason: string;
  /** Labelled answers that are missing, about. */
  readonly moreLabels?: number;
}

/** What labelled logs are enough for. */
export interface CalibratedOutcomes {
  readonly profile: Profile;
  readonly refused: readonly RefusedThreshold[];
}

/**
 * Chooses, for every model and every confidence in the logs, the threshold above which at most `risk` of the answers are wrong,
 * and says how many more labels it takes where that cannot be promised. Also learns who passes what (for `multiplex`) and
 * what to do by difficulty (for `adaptive`).
 *
 * A task counts once, however many samples it has. Each promise fails with at most `delta` for bad luck with the labels;
 * there is one for each model and signal, and they are not corrected for one another: use one of them, chosen beforehand.
 *
 * @throws InvalidOptionError when `risk` or `delta` is outside its range, or the logs have no task.
 */
export function calibrateOutcomes(options: CalibrateOutcomesOptions): CalibratedOutcomes {
  const { table, risk, delta = 0.05, promptHash, clock } = options;
  if (table.tasks.length === 0) throw new InvalidOptionError('table', `${table.source} has no tasks to calibrate on.`);
  const thresholds: CalibratedThreshold[] = [];
  const refused: RefusedThreshold[] = [];
  for (const model of table.models) {
    for (const [signal, labelled] of labelledSignals(table, model)) {
      const result = calibrate(labelled, {
        risk,
        delta,
        signal,
        model: { provider: 'outcomes', modelId: model },
        ...(promptHash !== undefined && { promptHash }),
        validDays: profileDays,
        clock,
      });
      if (result.promised) thresholds.push({ ...result.threshold, source: model });
      else {
        const { reason, moreLabels } = result;
        refused.push({ model, signal, reason, ...(moreLabels !== undefined && { moreLabels }) });
      }
    }
  }
  const models = byCost(table);
  const multiplexer = learnMultiplexer(table, { tasks: table.tasks, models });
  return {
    refused,
    profile: {
      ...profileHead({ source: table.source, models, clock }),
      thresholds,
      ...(multiplexer !== undefined && { multiplexer }),
      ...learnedDifficulty(table, options.fallbackUsd),
    },
  };
}

/** Every confidence of a model, with one labelled answer a task: recorded signals, and shares of votes. */
function labelledSignals(table: OutcomesTable, model: string): ReadonlyMap<string, readonly LabelledScore[]> {
  const signals = new Map<string, LabelledScore[]>();
  const add = (signal: string, label: LabelledScore): void => {
    const list = signals.get(signal) ?? [];
    list.push(label);
    signals.set(signal, list);
  };
  for (const { id, group } of table.tasks) {
    const { first, count } = table.rowsOf(id, model);
    if (count === 0) continue;
    const of = group === undefined ? {} : { group };
    for (const [signal, score] of Object.entries(table.candidate(first, 0).signals ?? {})) {
      add(signal, { score, correct: table.gold.correct(first), ...of });
    }
    for (const samples of [3, 5]) {
      if (count < samples) continue;
      const answers = Array.from({ length: samples }, (_, i) => table.candidate(first + i, 0).answer);
      const { winner, winnerShare } = tallyVotes(answers);
      const row = first + answers.indexOf(winner);
      add(`vote-share of ${samples}`, {
        score: winnerShare,
        correct: winner !== undefined && table.gold.correct(row),
        ...of,
      });
    }
  }
  return signals;
}

function byCost(table: OutcomesTable): readonly string[] {
  const cost = new Map(table.models.map((model) => [model, meanUsd(table, table.tasks, model)]));
  return table.models.toSorted((a, b) => (cost.get(a) ?? 0) - (cost.get(b) ?? 0));
}

function learnedDifficulty(table: OutcomesTable, given: number | undefined): Pick<Profile, 'difficulty'> {
  const models = byCost(table);
  const [cheapest] = models;
  const dearest = Math.max(...models.map((model) => meanUsd(table, table.tasks, model)));
  const probe = 4;
  const tasks = table.tasks.filter(
    ({ id }) =>
      cheapest !== undefined &&
      table.rowsOf(id, cheapest).count >= probe &&
      models.every((model) => table.rowsOf(id, model).count > 0),
  );
  if (tasks.length < 40 || dearest === 0) return {};
  const labelled = tasks.map(({ id }) => ({
    models: models.map((model) => labelledSamples(table, { task: id, model })),
  }));
  return { difficulty: fitDifficultyTable(labelled, { probe, fallbackUsd: given ?? 10 * dearest }) };
}
