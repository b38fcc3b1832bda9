import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { rootContext } from '../leaf/call-context.ts';
import type { Message } from '../spec/content.ts';
import type { CallContext, Scopes } from '../spec/context.ts';
import type { GenerateRequest } from '../spec/request.ts';

/** Options of a call: everything a request has but its messages, and who it is for. */
export interface GenerateTextOptions extends Omit<GenerateRequest, 'messages'> {
  /** Put before the prompt as a system message. */
  readonly system?: string;
  readonly scopes?: Scopes;
}

/**
 * The request of a prompt and its options.
 *
 * @throws InvalidOptionError when both `scopes` and `context` are given.
 */
export function textRequest(prompt: string | readonly Message[], options: GenerateTextOptions): GenerateRequest {
  const { system, scopes, ...request } = options;
  const context = scopedContext({ scopes, context: request.context });
  const messages: readonly Message[] = typeof prompt === 'string' ? [{ role: 'user', content: prompt }] : prompt;
  return {
    ...request,
    messages: system === undefined ? messages : [{ role: 'system', content: system }, ...messages],
    ...(context !== undefined && { context }),
  };
}

/** The context that was given, or a new one for the scopes that were. */
export function scopedContext({
  scopes,
  context,
}: {
  readonly scopes?: Scopes | undefined;
  readonly context?: CallContext | undefined;
}): CallContext | undefined {
  if (scopes === undefined) return context;
  if (context === undefined) return rootContext({ scopes });
  throw new InvalidOptionError(
    'scopes',
    'scopes and context were both given, and the call would be charged to those of the context only. Give one: context: rootContext({ scopes }).',
  );
}
