import type { TurnDecision, TurnObservation, TurnPolicy } from '@tollgate/sdk';

/** What is read of a step of the AI SDK. */
export interface AiSdkStep {
  readonly text: string;
  readonly toolCalls: readonly { readonly toolCallId: string; readonly toolName: string; readonly input: unknown }[];
  readonly content: readonly { readonly type: string }[];
  readonly providerMetadata: unknown;
}

/** A message that is added to those of a step. */
export interface AiSdkNote {
  role: 'user';
  content: string;
}

/** What `prepareStep` is told by the AI SDK, as far as it is read. */
export interface AiSdkStepOptions<Message> {
  readonly steps: readonly AiSdkStep[];
  readonly messages: readonly Message[];
  readonly model: string | { readonly provider: string; readonly modelId: string };
}

/** Options of `turnsForAiSdk`. */
export interface AiSdkTurnsOptions {
  /** US dollars that a run may cost: what is left of it decides when the closing turn is due. Range [0, ∞). @defaultValue none */
  readonly capUsd?: number;
  /**
   * US dollars of a step, or undefined where its price is not known.
   *
   * @defaultValue what `toAiSdk` wrote into `providerMetadata.tollgate.costUsd`
   */
  readonly costOf?: (step: AiSdkStep) => number | undefined;
  /**
   * Leaves `toolChoice` as it is in the closing turn, where changing it would lose the cached prompt. Tools that the model
   * calls all the same are run by the AI SDK. @defaultValue for Claude models: by the names of provider and model
   */
  readonly keepToolChoice?: boolean;
  /** What a step came to. @defaultValue progress is a tool call that is new and did not fail */
  readonly assess?: (
    step: AiSdkStep,
    earlier: readonly AiSdkStep[],
  ) => { readonly progress?: boolean; readonly artifact?: boolean };
}

/** Options for `generateText`, `streamText` and `ToolLoopAgent` of the AI SDK. */
export interface AiSdkTurns {
  readonly stopWhen: (options: { readonly steps: readonly AiSdkStep[] }) => boolean;
  readonly prepareStep: <Message>(options: AiSdkStepOptions<Message>) => {
    messages?: (Message | AiSdkNote)[];
    toolChoice?: 'none';
  };
}

/**
 * A turn policy for the loop of the AI SDK: reminders and the closing directive as the newest message, and the end.
 *
 * Nothing is kept between calls: the policy is run over the steps each time, so one result serves many runs, also at once.
 * The loop is not ours: extensions on `model-request` are never granted.
 *
 * @example
 * await generateText({ model: toAiSdk(model), tools, prompt, ...turnsForAiSdk(dynamicTurns({ initial: 20 })) });
 */
export function turnsForAiSdk<State>(policy: TurnPolicy<State>, options: AiSdkTurnsOptions = {}): AiSdkTurns {
  return {
    stopWhen: ({ steps }) => {
      const decisions = decisionsOver(policy, steps, options);
      // An answer beside the tool calls of a closing turn is the answer.
      return decisions.at(-1)?.type === 'stop' || (decisions.at(-2)?.type === 'closing' && steps.at(-1)?.text !== '');
    },
    prepareStep: ({ steps, messages, model }) => {
      const decision = decisionsOver(policy, steps, options).at(-1);
      if (decision === undefined || decision.type === 'stop') return {};
      const note = decision.type === 'closing' ? decision.directive : decision.reminder;
      const isOff = decision.type === 'closing' && !(options.keepToolChoice ?? isClaude(model));
      return {
        ...(note !== undefined && { messages: [...messages, { role: 'user' as const, content: note }] }),
        ...(isOff && { toolChoice: 'none' as const }),
      };
    },
  };
}

/** One decision for each step there was, and one for the next. */
function decisionsOver<State>(
  policy: TurnPolicy<State>,
  steps: readonly AiSdkStep[],
  { capUsd, costOf = costFromMetadata, assess = newCalls() }: AiSdkTurnsOptions,
): readonly TurnDecision[] {
  const decisions: TurnDecision[] = [];
  let state = policy.start();
  let spentUsd: number | undefined = 0;
  for (let used = 0; used <= steps.length; used += 1) {
    const turnKey = `step-${used + 1}`;
    const money = spentUsd !== undefined && {
      spentUsd,
      ...(capUsd !== undefined && { leftUsd: Math.max(0, capUsd - spentUsd) }),
    };
    const answer = policy.before(state, { turnKey, used, ...money, owned: false });
    decisions.push(answer.decision);
    const step = steps[used];
    if (step === undefined) break;
    const cost = costOf(step);
    spentUsd = cost === undefined || spentUsd === undefined ? undefined : spentUsd + cost;
    const observation: TurnObservation = {
      turnKey,
      toolCalls: step.toolCalls.length,
      finished: step.toolCalls.length === 0,
      ...assess(step, steps.slice(0, used)),
    };
    state = policy.after(answer.state, observation);
  }
  return decisions;
}

/** Progress is a call that no earlier step made and that did not fail. For steps in their order, from the first on. */
function newCalls(): NonNullable<AiSdkTurnsOptions['assess']> {
  const seen = new Set<string>();
  return ({ toolCalls, content }) => {
    let progress = false;
    for (const { toolCallId, toolName, input } of toolCalls) {
      const call = JSON.stringify([toolName, input]);
      progress ||= !seen.has(call) && !failed(content, toolCallId);
      seen.add(call);
    }
    return { progress };
  };
}

function failed(content: AiSdkStep['content'], id: string): boolean {
  return content.some((part) => part.type === 'tool-error' && 'toolCallId' in part && part.toolCallId === id);
}

function costFromMetadata({ providerMetadata }: AiSdkStep): number | undefined {
  const own = (providerMetadata as { readonly tollgate?: { readonly costUsd?: unknown } } | undefined)?.tollgate;
  return typeof own?.costUsd === 'number' ? own.costUsd : undefined;
}

/** A model of the AI SDK has no capabilities to ask. For Claude a change of `tool_choice` loses the cached messages. */
function isClaude(model: AiSdkStepOptions<unknown>['model']): boolean {
  const name = typeof model === 'string' ? model : `${model.provider} ${model.modelId}`;
  return /anthropic|claude/i.test(name);
}
