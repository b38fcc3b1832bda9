import type { ModelRef, UsageBound } from '@tollgate/sdk';
import type { Ledger } from '../ledger/ledger.ts';

/** Calls that a calibrated bound rests on, at least and at most. */
const leastCalls = 50;
const mostCalls = 500;

/**
 * Learns how many tokens the prompts of a model really have for each token of their proved bound, which counts bytes.
 *
 * The calibrated bound is the highest of the last 50 to 500 ratios: if calls are alike, the next one passes it with a
 * chance of at most one in the number of calls. It is never above the proved bound.
 */
export class InputCalibration {
  readonly #ratios = new Map<string, number[]>();

  /** Notes what a call with this bound was billed for. */
  observe(model: ModelRef, proved: UsageBound, inputTokens: number): void {
    const billable = (proved.promptBilledOnce ? 1 : proved.samples) * proved.inputTokens;
    if (!(billable > 0 && billable < Infinity) || !(inputTokens >= 0)) return;
    const name = `${model.provider}/${model.modelId}`;
    const ratios = this.#ratios.get(name) ?? [];
    this.#ratios.set(name, ratios);
    ratios.push(inputTokens / billable);
    if (ratios.length > mostCalls) ratios.shift();
  }

  /** A tighter bound, or undefined where too little is known. */
  calibrated(model: ModelRef, proved: UsageBound): UsageBound | undefined {
    const ratios = this.#ratios.get(`${model.provider}/${model.modelId}`);
    if (ratios === undefined || ratios.length < leastCalls) return undefined;
    const ratio = ratios.reduce((highest, each) => Math.max(highest, each), 0);
    const inputTokens = Math.ceil(ratio * proved.inputTokens);
    return inputTokens < proved.inputTokens ? { ...proved, inputTokens, inputKnown: 'calibrated' } : undefined;
  }
}

const calibrations = new WeakMap<Ledger, InputCalibration>();

/** What the calls of one ledger in this process have shown. */
export function calibrationOf(ledger: Ledger): InputCalibration {
  let calibration = calibrations.get(ledger);
  if (calibration === undefined) calibrations.set(ledger, (calibration = new InputCalibration()));
  return calibration;
}
