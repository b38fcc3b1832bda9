import { InvalidOptionError } from '@tollgate/sdk';
import { expectedTaskCost, type FailurePrices, type TaskExpectation } from './expected-task-cost.ts';

/** A policy that could be used. */
export interface RouteOption extends TaskExpectation {
  readonly name: string;
  /** Seconds until it answers; compared with the deadline. Required where there is one. Range [0, ∞). */
  readonly seconds?: number;
}

/** Options of `chooseRoute`. */
export interface RouteOptions extends FailurePrices {
  /** Policies that take longer are out. @defaultValue none */
  readonly deadlineSeconds?: number;
  /** Policies that pass less are out, and among the rest the cheapest to run wins. Range [0, 1]. @defaultValue none */
  readonly minimumPassRate?: number;
}

/** Where to send tasks of a class. Plain JSON. */
export interface Route {
  /** Name of the policy; absent where the fallback should do the task from the start. */
  readonly policy?: string;
  /** Expected US dollars per task on this route, failures priced. */
  readonly expectedUsd: number;
  readonly reason: string;
}

/**
 * The route with the least expected money per task, failures priced; the fallback itself where no policy beats it. With
 * an accuracy floor: the cheapest policy above it.
 *
 * Without harm a policy beats the fallback exactly when its cost-of-pass is below `fallbackUsd`: automation is skipped
 * when a pass costs more than the task is worth. Ties go to the option named first, and the fallback loses them.
 *
 * @throws InvalidOptionError when an amount or a rate is outside its range, or a deadline is set and an option has no seconds.
 * @example
 * chooseRoute([small, large], { fallbackUsd: 0.5, deadlineSeconds: 20 }).policy; // 'small'
 */
export function chooseRoute(options: readonly RouteOption[], rules: RouteOptions): Route {
  const { deadlineSeconds = Infinity, minimumPassRate, fallbackUsd } = rules;
  const priced = options.map((option) => ({ option, expectedUsd: expectedTaskCost(option, rules) }));
  const inTime = priced.filter(({ option: { name, seconds } }) => {
    if (deadlineSeconds === Infinity) return true;
    if (seconds === undefined || !(seconds >= 0)) {
      throw new InvalidOptionError(
        'seconds',
        `seconds of ${JSON.stringify(name)} must be in [0, ∞) because a deadline is set, received ${seconds}.`,
      );
    }
    return seconds <= deadlineSeconds;
  });
  const fallback = (reason: string): Route => ({ expectedUsd: fallbackUsd, reason });
  if (inTime.length === 0) return fallback('no policy is in time');
  if (minimumPassRate !== undefined) {
    const able = inTime.filter(({ option }) => option.passRate >= minimumPassRate);
    const [first] = able.toSorted((a, b) => a.option.costUsd - b.option.costUsd);
    if (first === undefined) return fallback(`no policy passes ${minimumPassRate} of the tasks in time`);
    const { name } = first.option;
    return { policy: name, expectedUsd: first.expectedUsd, reason: 'cheapest that passes often enough' };
  }
  const [best] = inTime.toSorted((a, b) => a.expectedUsd - b.expectedUsd);
  if (best === undefined || best.expectedUsd > fallbackUsd) return fallback('the fallback alone is cheaper');
  return { policy: best.option.name, expectedUsd: best.expectedUsd, reason: 'least expected money, failures priced' };
}
