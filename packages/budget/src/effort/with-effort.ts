import {
  type CallContext,
  callsOf,
  childContext,
  type EffortLevel,
  type GenerateRequest,
  type GenerateResult,
  type Model,
  type ModelStream,
  type Push,
  rootContext,
  TollgateError,
  type Warning,
  wrapModel,
} from '@tollgate/sdk';
import { effortController } from './effort-controller.ts';
import { checkFraction } from './effort-options.ts';
import type { EffortController, EffortPlan } from './effort-plan.ts';
import { observedLengths } from './observed-lengths.ts';

/** Options of `withEffort`. */
export interface WithEffortOptions {
  /** Reasoning of a call, as a fraction of what the model does on average in this class. Range [0.01, 2]. */
  readonly fraction: number;
  /** Calls that are alike in how much they make a model think: `triage`, `proofs`, … */
  readonly taskClass: string;
  /** Share one between models, to keep what it learns and to read its report. @defaultValue one of its own */
  readonly controller?: EffortController;
}

/** Conversations whose level is remembered. */
const rememberedSessions = 1000;

/**
 * The same model, thinking for a fraction of what it does on average.
 *
 * What is sent depends on what the model takes (`capabilitiesFor`): a cap on reasoning where the engine ends it there and
 * answers, else a level of effort, else nothing but an output cap, which the result says in a warning. There is always
 * a cap. The caller's own values stay: a request's `effort` is sent as it is, and its caps are kept where they are lower.
 * Requests of one `sessionKey` get one level, because changing it would lose the conversation's cached prompt.
 *
 * Around a strategy, the fraction is of the average attempt below it; around each of its models it is of their own.
 *
 * @throws InvalidOptionError when the fraction is outside [0.01, 2].
 * @example
 * const model = withEffort(openai('gpt-5.6-sol'), { fraction: 0.5, taskClass: 'triage', controller });
 */
export function withEffort(model: Model, options: WithEffortOptions): Model {
  const { fraction, taskClass, controller = effortController() } = options;
  checkFraction(fraction);
  const { provider, modelId } = model;
  const sessions = new Map<string, { readonly effort: EffortLevel | undefined }>();
  const planFor = (request: GenerateRequest, capabilities: ReturnType<Model['capabilitiesFor']>): EffortPlan => {
    const { effort, sessionKey } = request;
    const { efforts, reasoningCap = false } = capabilities;
    const kept = sessionKey === undefined ? undefined : sessions.get(sessionKey);
    const plan = controller.plan({
      model: { provider, modelId },
      taskClass,
      fraction,
      efforts,
      reasoningCap,
      effort,
      kept,
    });
    if (sessionKey !== undefined && plan.by === 'level') {
      sessions.set(sessionKey, { effort: plan.effort });
      for (const oldest of sessions.keys()) {
        if (sessions.size <= rememberedSessions) break;
        sessions.delete(oldest);
      }
    }
    return plan;
  };
  return wrapModel(model, (inner) =>
    callsOf(async (request, push) => {
      const above = request.context ?? rootContext();
      const context = childContext(above, { kind: 'wrapper', label: `effort ${provider}/${modelId}` });
      const capabilities = inner.capabilitiesFor(request);
      const plan = planFor(request, capabilities);
      const planned = { ...plannedRequest(request, plan, capabilities.limits.maxOutputTokens), context };
      const warnings = plan.by === 'none' ? [noLever] : [];
      note(context, { plan, fraction });
      const observe = (call: Pick<GenerateResult, 'charges' | 'candidates'>, resultId?: string): void => {
        const { maxReasoningTokens } = planned;
        controller.observe(plan, {
          ...observedLengths({ ...call, model: { provider, modelId }, maxReasoningTokens }),
          ...(resultId !== undefined && { resultId }),
        });
      };
      try {
        const result = await ask(inner, planned, push && warned(push, warnings));
        // A budget that lowered the effort made this a call of another level: it says nothing of the planned one.
        const isOther = result.warnings.some(({ code, option }) => code === 'fitted' && option === 'effort');
        context.span.end('answered');
        const trace = context.span.toNode();
        observe(isOther ? { charges: [], candidates: [] } : result, trace.id);
        return { ...result, warnings: [...result.warnings, ...warnings, ...silence(result, plan)], trace };
      } catch (error) {
        context.span.end('failed');
        const partial = (error as { readonly partial?: Partial<GenerateResult> }).partial;
        observe({
          charges: TollgateError.isInstance(error) ? error.charges : [],
          candidates: partial?.candidates ?? [],
        });
        throw error;
      }
    }),
  );
}

/** The request as planned; the caller's own caps are kept where they are lower. */
function plannedRequest(request: GenerateRequest, plan: EffortPlan, mostTokens = Infinity): GenerateRequest {
  const { effort, maxReasoningTokens, maxOutputTokens } = plan;
  return {
    ...request,
    ...(effort !== undefined && { effort }),
    ...(maxReasoningTokens !== undefined && {
      maxReasoningTokens: Math.min(maxReasoningTokens, request.maxReasoningTokens ?? Infinity),
    }),
    ...(maxOutputTokens !== undefined && {
      maxOutputTokens: Math.min(maxOutputTokens, request.maxOutputTokens ?? Infinity, mostTokens),
    }),
  };
}

async function ask(model: Model, request: GenerateRequest, push: Push | undefined): Promise<GenerateResult> {
  if (push === undefined) return model.generate(request);
  const stream: ModelStream = model.stream(request);
  for await (const part of stream) if (part.type !== 'finish') push(part);
  return stream.result;
}

function warned(push: Push, warnings: readonly Warning[]): Push {
  if (warnings.length === 0) return push;
  return (part) => push(part.type === 'start' ? { ...part, warnings: [...part.warnings, ...warnings] } : part);
}

function note(
  context: CallContext,
  { plan, fraction }: { readonly plan: EffortPlan; readonly fraction: number },
): void {
  context.span.add({
    rule: rules[plan.by],
    values: {
      fraction,
      'baseline tokens': plan.baselineTokens,
      ...(plan.effort !== undefined && { effort: plan.effort }),
      ...(plan.maxReasoningTokens !== undefined && { 'reasoning cap': plan.maxReasoningTokens }),
      ...(plan.maxOutputTokens !== undefined && { 'output cap': plan.maxOutputTokens }),
    },
  });
}

const rules: { readonly [by in EffortPlan['by']]: string } = {
  reference: 'as the model reasons by itself, to learn its average',
  level: 'the level whose measured share of the average is nearest to the aim from below, or the next one',
  cap: 'reasoning ended at a cap',
  kept: "the caller's own effort",
  none: 'no lever: an output cap alone',
};

const noLever: Warning = {
  code: 'unsupported',
  option: 'fraction',
  message:
    'The model has neither levels of effort nor a cap on reasoning, so its reasoning could not be steered. The output cap holds for reasoning too.',
};

/** What keeps a fraction from meaning anything. */
function silence({ charges }: GenerateResult, { by, baselineTokens }: EffortPlan): readonly Warning[] {
  if (charges.length > 0 && charges.every(({ usage }) => usage.outputReasoning === undefined)) {
    return [
      {
        code: 'assumed',
        option: 'fraction',
        message: `The provider does not say how long the model reasons, so the average of ${Math.round(baselineTokens)} tokens stays a guess.`,
      },
    ];
  }
  if (by === 'reference' || baselineTokens > 1) return [];
  return [
    {
      code: 'assumed',
      option: 'fraction',
      message:
        'The model did not think in its reference calls, so a fraction of it means nothing. Name the level that is to count as 1: effortController({ reference: "medium" }).',
    },
  ];
}
