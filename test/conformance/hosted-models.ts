import type { Model } from '@tollgate/sdk';
import { anthropic } from '@tollgate/sdk/anthropic';
import { openai } from '@tollgate/sdk/openai';
import { openaiCompatible } from '@tollgate/sdk/openai-compatible';
import {
  type ProviderServer,
  scriptedModel,
  startProviderServer,
  type ConformanceModel,
  type ConformanceReplies,
  type ProviderReply,
  type ScriptStep,
} from '@tollgate/sdk/testing';
import { ModelCallError } from '@tollgate/sdk';

export const apiKey = 'sk-not-for-anybody';

/** A model at a provider server on this machine. Retries are off: the rules are about single attempts. */
export type HostedModel = (server: ProviderServer) => Model;

/** Every way to a hosted model. Add an adapter here, and its rules are checked. */
export const hostedModels: Readonly<Record<string, HostedModel>> = {
  'openai, by Responses': ({ baseUrl }) => openai('gpt-6-luna', { baseUrl, apiKey, retry: false }),
  'openai, by chat completions': ({ baseUrl }) => openai('gpt-4.1', { api: 'chat', baseUrl, apiKey, retry: false }),
  'openai, a reasoning model by chat completions': ({ baseUrl }) =>
    openai('gpt-6-luna', { api: 'chat', baseUrl, apiKey, retry: false }),
  anthropic: ({ url }) => anthropic('claude-sonnet-5', { baseUrl: url, apiKey, retry: false }),
  'anthropic, with sampling': ({ url }) =>
    anthropic('claude-sonnet-4-6', { baseUrl: url, apiKey, version: '2026-01-01', retry: false }),
  'a compatible server': ({ baseUrl }) => openaiCompatible('m', { baseUrl, apiKey, retry: false }),
  'a compatible server that says what it can': ({ baseUrl }) =>
    openaiCompatible('m', {
      baseUrl,
      retry: false,
      capabilities: {
        samples: { nativeMax: 4, promptBilledOnce: true, cancelOne: false },
        logprobs: 'top-k',
        maxTopLogprobs: 5,
      },
    }),
};

/** A hosted model on real sockets. */
export async function onServer(make: HostedModel, replies: ConformanceReplies): Promise<ConformanceModel> {
  const server = await startProviderServer({ replies });
  return { model: make(server), close: () => server.close() };
}

/** The scripted model, told the same replies. */
export function scripted(replies: ConformanceReplies, nativeMax = 3): ConformanceModel {
  const everything = { tools: true, schema: true, logprobs: 'top-k', maxTopLogprobs: 5 } as const;
  const model = scriptedModel((request) => stepOf(replies({ request })), {
    capabilities: { ...everything, samples: { nativeMax, promptBilledOnce: true, cancelOne: false } },
  });
  return { model };
}

function stepOf(reply: ProviderReply): ScriptStep {
  if (typeof reply === 'string') return { text: reply };
  if ('error' in reply) {
    const facts = { failure: reply.error, dispatch: 'refused' } as const;
    return { error: new ModelCallError(reply.message ?? reply.error, facts) };
  }
  if ('refusal' in reply) return { text: reply.refusal, finish: { unified: 'refusal', by: 'eos' } };
  if ('body' in reply) throw new Error('A scripted model has no bytes.');
  return reply.headersAfterMs === undefined ? reply : { ...reply, delayMs: reply.headersAfterMs };
}
