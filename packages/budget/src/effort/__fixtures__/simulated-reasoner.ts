import type { EffortLevel } from '@tollgate/sdk';
import { createRandom } from '@tollgate/stats';
import type { EffortAsk, EffortController, EffortPlan } from '../effort-plan.ts';

/** A provider that is not real: lengths with a long tail, and levels whose gains the controller is not told. */
export interface SimulatedReasoner {
  readonly averageTokens: number;
  /** Standard deviation of the logarithm of a length. 0: always the average. */
  readonly spread: number;
  readonly gains: { readonly [level in EffortLevel]?: number };
  readonly reasoningCap?: boolean;
  readonly seed: number;
}

/** Draws the length of a planned call, as the provider would report it. */
export function simulateReasoner(reasoner: SimulatedReasoner): (plan: EffortPlan) => { tokens: number; isCut: boolean } {
  const random = createRandom(reasoner.seed);
  return (plan) => {
    const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    const gain = plan.effort === undefined ? 1 : (reasoner.gains[plan.effort] ?? 1);
    const mean = reasoner.averageTokens * gain;
    const length = Math.max(1, Math.round(mean * Math.exp(reasoner.spread * normal - reasoner.spread ** 2 / 2)));
    const cap = plan.maxReasoningTokens ?? plan.maxOutputTokens ?? Infinity;
    return { tokens: Math.min(length, cap), isCut: length >= cap };
  };
}

/** An ask of a model with the levels of a reasoner. */
export function askOf(reasoner: Pick<SimulatedReasoner, 'gains' | 'reasoningCap'>, fraction: number): EffortAsk {
  return {
    model: { provider: 'test', modelId: 'thinker' },
    taskClass: 'sums',
    fraction,
    efforts: Object.keys(reasoner.gains) as EffortLevel[],
    reasoningCap: reasoner.reasoningCap ?? false,
  };
}

/** Calls a simulated provider so many times, one after another. */
export function drive(
  controller: EffortController,
  { reasoner, fraction, calls }: { readonly reasoner: SimulatedReasoner; readonly fraction: number; readonly calls: number },
): void {
  const answer = simulateReasoner(reasoner);
  for (let call = 0; call < calls; call += 1) {
    const plan = controller.plan(askOf(reasoner, fraction));
    controller.observe(plan, { lengths: [answer(plan)] });
  }
}
