// A cascade that streams, with tools: nothing is shown before the commit, and the answer goes back into the conversation.
import type { Message, ToolCallPart, ToolResultPart } from './content.ts';
import type { JsonValue } from './json.ts';
import type { Model } from './model.ts';
import type { Tool } from './request.ts';
import type { Candidate, GenerateResult } from './result.ts';
import type { StreamPart } from './stream.ts';

declare const frugal: Model;
declare const screen: { write(text: string): void; clear(): void; spin(): void };
declare function callTool(call: ToolCallPart): Promise<JsonValue>;

const search: readonly Tool[] = [
  {
    name: 'search',
    description: 'Searches the manual.',
    input: { json: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] } },
  },
];

/** Shows a part; every kind is handled or the compiler says so. */
function show(part: StreamPart): void {
  switch (part.type) {
    case 'ping':
      screen.spin();
      break;
    case 'text-delta':
      screen.write(part.text);
      break;
    case 'discard':
      screen.clear();
      break;
    case 'tool-call':
      screen.write(`\n${part.call.toolName} ${JSON.stringify(part.call.input)}\n`);
      break;
    case 'start':
    case 'commit':
    case 'reasoning-delta':
    case 'tool-input-delta':
    case 'candidate-finish':
    case 'finish':
      break;
    default:
      part satisfies never;
  }
}

/** One turn: streams the answer, runs its tools, and gives the longer conversation, or undefined when it is over. */
export async function turn(messages: readonly Message[], signal: AbortSignal): Promise<readonly Message[] | undefined> {
  const stream = frugal.stream({ messages, tools: search, toolChoice: 'auto', signal });
  for await (const part of stream) show(part);
  const answer = answerOf(await stream.result);
  if (answer === undefined) return undefined;
  const calls = answer.content.filter((part) => part.type === 'tool-call');
  if (calls.length === 0) return undefined;
  const results = await Promise.all(calls.map(resultOf));
  // Reasoning parts go back with their origin and signatures: the content is passed on as it came.
  return [...messages, { role: 'assistant', content: answer.content }, { role: 'tool', content: results }];
}

async function resultOf(call: ToolCallPart): Promise<ToolResultPart> {
  const { toolCallId, toolName } = call;
  if (call.invalid !== undefined)
    return { type: 'tool-result', toolCallId, toolName, output: call.invalid, isError: true };
  return { type: 'tool-result', toolCallId, toolName, output: await callTool(call) };
}

function answerOf({ candidates, decision }: GenerateResult): Candidate | undefined {
  return candidates.find((candidate) => candidate.id === decision.chosen);
}

/** Leaving the loop is an abort that still gives what was made and what it cost. */
export async function firstWords(messages: readonly Message[], characters: number): Promise<GenerateResult> {
  const stream = frugal.stream({ messages });
  let shown = 0;
  for await (const part of stream) {
    if (part.type === 'text-delta') shown += part.text.length;
    if (shown >= characters) break;
  }
  return stream.result;
}
