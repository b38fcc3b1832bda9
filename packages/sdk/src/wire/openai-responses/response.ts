import type { LeafCandidate } from '../../leaf/leaf-call.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { Finish } from '../../spec/result.ts';
import type { Usage } from '../../spec/usage.ts';
import { writeResponsesFinish } from './finish.ts';
import { callItem, messageItem, outputText, ownReasoningId, reasoningItem } from './output-items.ts';
import { writeResponsesUsage } from './usage.ts';

/** What every event of one reply says about it. */
export interface ResponsesReplyHead {
  /** Id of the reply, for example `resp_7`. */
  readonly id: string;
  readonly modelId: string;
  /** Seconds since the Unix epoch. */
  readonly createdAtSeconds: number;
}

/** Writes an answer as a whole (not streamed) response. `createResponsesReader` reads it back. */
export function writeResponsesResponse(head: ResponsesReplyHead, candidate: LeafCandidate, usage?: Usage): JsonObject {
  return endedResponse(head, { output: outputOf(head, candidate), finish: candidate.finish, usage });
}

/** A response that has ended, of items that are written already. */
export function endedResponse(
  head: ResponsesReplyHead,
  reply: { readonly output: readonly JsonObject[]; readonly finish: Finish; readonly usage: Usage | undefined },
): JsonObject {
  const totals = reply.usage === undefined ? undefined : writeResponsesUsage(reply.usage);
  return {
    ...openResponse(head),
    ...writeResponsesFinish(reply.finish),
    output: reply.output,
    ...(totals !== undefined && { usage: totals }),
    ...(reply.usage?.billed?.tier !== undefined && { service_tier: reply.usage.billed.tier }),
  };
}

/** A response that has just begun. */
export function openResponse({ id, modelId, createdAtSeconds }: ResponsesReplyHead): JsonObject {
  return {
    id,
    object: 'response',
    created_at: createdAtSeconds,
    model: modelId,
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    output: [],
    parallel_tool_calls: true,
    temperature: null,
    tool_choice: 'auto',
    tools: [],
    top_p: null,
  };
}

function outputOf(head: ResponsesReplyHead, { content, finish, logprobs }: LeafCandidate): readonly JsonObject[] {
  const firstText = content.findIndex((part) => part.type === 'text');
  return content.flatMap((part, i) => {
    switch (part.type) {
      case 'text': {
        const written =
          finish.unified === 'refusal'
            ? { type: 'refusal', refusal: part.text }
            : outputText(part.text, i === firstText ? logprobs : []);
        return [messageItem(`msg_${head.id}_${i}`, [written])];
      }
      case 'reasoning':
        return [reasoningItem(ownReasoningId(part.metadata) ?? `rs_${head.id}_${i}`, part)];
      case 'tool-call':
        return [callItem(`fc_${head.id}_${i}`, part)];
      case 'file':
        return [];
      default:
        return part satisfies never;
    }
  });
}
