import type { Capabilities, EffortLevel } from '../../spec/capabilities.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import type { Warn } from '../collect-warnings.ts';
import type { ClaudeTraits } from './traits.ts';

/** The least cap on thinking that the API takes. */
const leastBudgetTokens = 1024;

/** What a request says about thinking, on the wire. Absent fields leave it to the model's own default. */
export interface WrittenThinking {
  readonly thinking?: JsonObject;
  readonly effort?: EffortLevel;
}

/**
 * Writes how much to think. An effort turns thinking on where the model decides by itself how much of it, `none` turns
 * it off. A cap of `maxReasoningTokens` is a budget where the model takes one; caps below the least budget turn thinking off.
 */
export function writeThinking(
  request: GenerateRequest,
  {
    capabilities,
    traits,
    maxTokens,
    warn,
  }: {
    readonly capabilities: Capabilities;
    readonly traits: ClaudeTraits;
    readonly maxTokens: number;
    readonly warn: Warn;
  },
): WrittenThinking {
  const { effort, maxReasoningTokens: cap } = request;
  const known = effort === undefined || capabilities.efforts.includes(effort);
  if (!known) warn('effort', `effort was not sent: the model does not take it at "${effort}" (capabilities.efforts)`);
  const level = known && effort !== 'none' ? effort : undefined;
  // A budget must leave room in the answer.
  const budgetTokens = cap === undefined || !traits.thinkingCap ? cap : Math.min(cap, maxTokens - 1);
  const wantsOff = (known && effort === 'none') || (budgetTokens !== undefined && budgetTokens < leastBudgetTokens);

  if (wantsOff && traits.thinkingOff !== 'never') {
    const tooHigh = traits.thinkingOff === 'up-to-high' && (level === 'xhigh' || level === 'max');
    if (tooHigh) warn('effort', `effort was sent as "high", not "${level}": without thinking the model takes no more`);
    return { thinking: { type: 'disabled' }, ...(level !== undefined && { effort: tooHigh ? 'high' : level }) };
  }
  const capped = budgetTokens !== undefined && !wantsOff && traits.thinkingCap;
  if (budgetTokens !== undefined && !capped) {
    warn(
      'maxReasoningTokens',
      'maxReasoningTokens was not sent: the model takes no such limit. maxOutputTokens holds for reasoning too',
    );
  }
  return {
    ...(capped
      ? { thinking: { type: 'enabled', budget_tokens: budgetTokens } }
      : level !== undefined && traits.adaptiveThinking && { thinking: { type: 'adaptive' } }),
    ...(level !== undefined && { effort: level }),
  };
}
