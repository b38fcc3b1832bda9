import type { LeafCandidate } from '../../leaf/leaf-call.ts';
import type { AssistantPart } from '../../spec/content.ts';
import type { JsonValue } from '../../spec/json.ts';
import type { Finish } from '../../spec/result.ts';
import type { Usage } from '../../spec/usage.ts';
import type { ProviderReply } from './reply.ts';

/** A reply that is an answer. */
export type AnswerReply = Exclude<ProviderReply, string | { readonly error: unknown } | { readonly body: unknown }>;

const byItself: Finish = { unified: 'stop', by: 'eos' };

/** The answers of a reply, one for each sample. */
export function answersOf(reply: AnswerReply): readonly LeafCandidate[] {
  if ('texts' in reply) return reply.texts.map((text) => ({ content: [{ type: 'text', text }], finish: byItself }));
  if ('refusal' in reply) {
    return [{ content: [{ type: 'text', text: reply.refusal }], finish: { unified: 'refusal', by: 'eos' } }];
  }
  const content: readonly AssistantPart[] = 'text' in reply ? [{ type: 'text', text: reply.text }] : reply.content;
  const calls = content.some((part) => part.type === 'tool-call');
  return [
    {
      content,
      finish: reply.finish ?? (calls ? { unified: 'tool-calls', by: 'eos' } : byItself),
      ...(reply.logprobs !== undefined && { logprobs: reply.logprobs }),
    },
  ];
}

/** About a token for every four characters, as real tokenizers have it in English. */
export function assumedUsage(body: JsonValue, candidates: readonly LeafCandidate[]): Usage {
  const count = (text: string): number => Math.ceil(text.length / 4);
  const written = (reasoning: boolean): number =>
    candidates
      .flatMap((candidate) => candidate.content)
      .filter((part) => (part.type === 'reasoning') === reasoning)
      .reduce((sum, part) => sum + count('text' in part ? part.text : JSON.stringify(part)), 0);
  return { inputUncached: count(JSON.stringify(body)), outputText: written(false), outputReasoning: written(true) };
}
