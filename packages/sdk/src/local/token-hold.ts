import { admit } from '../leaf/admit.ts';
import { childContext, rootContext } from '../leaf/call-context.ts';
import type { ModelDefinition } from '../leaf/model-definition.ts';
import { refuseLate } from '../leaf/run-attempt.ts';
import { giveBack, settle } from '../leaf/settle-attempt.ts';
import type { CallContext } from '../spec/context.ts';
import type { Charge } from '../spec/result.ts';
import type { Usage } from '../spec/usage.ts';

/** Who sells the tokens. */
export type TokenSeller = Pick<ModelDefinition, 'provider' | 'modelId' | 'pricing'>;

/** The money of one session. Exactly one of `settle` and `release` ends it. */
export interface TokenHold {
  /** Where the session's work is traced. */
  readonly context: CallContext;
  /** Tokens that may be evaluated after the prefix: what was asked for, or less where a budget lowered it. */
  readonly maxTokens: number;
  settle(usage: Usage): Promise<Charge>;
  /** Nothing was evaluated. */
  release(reason: string): Promise<void>;
}

/** Admits a session past the guards of its context, as the leaf does with an attempt. */
export async function holdTokens(
  seller: TokenSeller,
  ask: {
    readonly prefixTokens: number;
    readonly maxTokens: number;
    readonly context: CallContext | undefined;
    readonly signal: AbortSignal | undefined;
  },
): Promise<TokenHold> {
  const { prefixTokens, maxTokens, signal } = ask;
  const model = { provider: seller.provider, modelId: seller.modelId };
  const context = childContext(ask.context ?? rootContext(), {
    kind: 'leaf',
    label: `${model.provider}/${model.modelId} tokens`,
  });
  const attemptId = context.span.id;
  refuseLate(model, context, signal);
  const permit = await admit(context.guards, {
    attemptId,
    model,
    request: { messages: [], maxOutputTokens: maxTokens, ...(signal !== undefined && { signal }) },
    bound: {
      inputTokens: prefixTokens,
      inputKnown: 'proved',
      outputTokensPerSample: maxTokens,
      samples: 1,
      promptBilledOnce: true,
    },
    scopes: context.scopes,
    ...(seller.pricing !== undefined && { pricing: seller.pricing }),
    label: attemptId,
  });
  return {
    context,
    maxTokens: permit?.request.maxOutputTokens ?? maxTokens,
    settle: async (usage) => {
      const { charge, warning } = await settle({
        definition: seller,
        context,
        permit,
        model,
        attemptId,
        usage,
        usageKnown: 'exact',
        candidateIds: [],
      });
      if (warning !== undefined) context.span.add({ values: { 'not recorded': warning.message } });
      context.span.end('closed');
      return charge;
    },
    release: async (reason) => {
      await giveBack(permit, { reason, context });
      context.span.end('failed');
    },
  };
}
