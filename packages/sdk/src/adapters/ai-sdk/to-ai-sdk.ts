import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import { childContext, rootContext } from '../../leaf/call-context.ts';
import type { CallContext, Scopes } from '../../spec/context.ts';
import type { Model } from '../../spec/model.ts';
import { notRetryable } from './not-retryable.ts';
import { readRequest } from './read-request.ts';
import { type OnAbstain, writeResult } from './write-result.ts';
import { writeStream } from './write-stream.ts';

/** How a model of ours stands as one of the AI SDK. */
export interface ToAiSdkOptions {
  /** Scopes of every call. Those in `providerOptions.tollgate` are added to them. @defaultValue none */
  readonly scopes?: Scopes;
  /**
   * Asked before every call for the context it is made in, for example the one of the agent whose tool makes it.
   * @defaultValue a fresh one for each call
   */
  readonly context?: () => CallContext | undefined;
  /**
   * What happens where a strategy gives no answer: the call ends without text, with the finish reason `other` and the decision in
   * its metadata, or it fails with a TollgateError `abstained`.
   * @defaultValue 'finish'
   */
  readonly onAbstain?: OnAbstain;
}

/**
 * Any model of ours (a hosted one, a local one, a strategy under a budget) as a model of the AI SDK, for `generateText`,
 * `streamText`, agents and middleware.
 *
 * What the AI SDK has no option for goes in through `providerOptions.tollgate` (`TollgateOptions`); the decision, all charges and
 * their cost come out through `providerMetadata.tollgate` (`readTollgateMetadata`). `usage` is that of the attempt that
 * answered: tokens of several models have no sum. Errors are TollgateErrors, and the AI SDK does not try again after them.
 *
 * @throws InvalidOptionError for options that cannot be meant.
 * @example
 * const model = toAiSdk(withBudget(vote(small, { samples: 5 }), { ledger }));
 * const { text, providerMetadata } = await generateText({
 *   model,
 *   prompt: 'Name a prime between 90 and 100.',
 *   providerOptions: { tollgate: { scopes: { user: 'ada' } } },
 * });
 * readTollgateMetadata(providerMetadata)?.costUsd;
 */
export function toAiSdk(model: Model, options: ToAiSdkOptions = {}): LanguageModelV4 {
  const { onAbstain = 'finish' } = options;
  if (onAbstain !== 'finish' && onAbstain !== 'throw') {
    throw new InvalidOptionError(
      'onAbstain',
      `onAbstain must be "finish" or "throw", received "${String(onAbstain)}".`,
    );
  }
  const read = (call: LanguageModelV4CallOptions) => {
    const { request, scopes, warnings } = readRequest(call);
    return { request: { ...request, context: contextOf(options, scopes) }, warnings };
  };
  return {
    specificationVersion: 'v4',
    provider: model.provider,
    modelId: model.modelId,
    // The AI SDK fetches files of other kinds itself and hands over their bytes.
    get supportedUrls() {
      return Object.fromEntries(model.capabilitiesFor().files.map((type) => [type, [/^https?:/]]));
    },
    doGenerate: async (call) => {
      try {
        const { request, warnings } = read(call);
        return writeResult(await model.generate(request), { onAbstain, warnings });
      } catch (error) {
        throw notRetryable(error);
      }
    },
    doStream: async (call) => {
      try {
        const { request, warnings } = read(call);
        const { samples = 1 } = request;
        return { stream: await writeStream(model.stream(request), { samples, onAbstain, warnings }) };
      } catch (error) {
        throw notRetryable(error);
      }
    },
  };
}

function contextOf(options: ToAiSdkOptions, called: Scopes): CallContext {
  const scopes = { ...options.scopes, ...called };
  const above = options.context?.();
  if (above === undefined) return rootContext({ name: 'ai-sdk', scopes });
  return childContext(above, { kind: 'wrapper', label: 'ai-sdk', scopes });
}
