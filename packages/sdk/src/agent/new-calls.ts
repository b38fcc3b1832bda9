import type { Message, ToolCallPart, ToolResultPart } from '../spec/content.ts';
import { moreTurnsName } from './more-turns-tool.ts';

/** Which tool calls an agent has not made before: one that only repeats itself is stuck. */
export class NewCalls {
  readonly #seen = new Set<string>();

  /** @param messages What was called before. */
  constructor(messages: readonly Message[]) {
    for (const { role, content } of messages) {
      if (role !== 'assistant' || typeof content === 'string') continue;
      for (const part of content) if (part.type === 'tool-call') this.#seen.add(nameOf(part));
    }
  }

  /** Whether one of the calls is new and did not fail. */
  anyWorked(calls: readonly ToolCallPart[], results: readonly ToolResultPart[]): boolean {
    const failed = new Set(results.flatMap(({ toolCallId, isError }) => (isError === true ? [toolCallId] : [])));
    let any = false;
    for (const call of calls) {
      const name = nameOf(call);
      any ||= call.toolName !== moreTurnsName && !this.#seen.has(name) && !failed.has(call.toolCallId);
      this.#seen.add(name);
    }
    return any;
  }
}

function nameOf({ toolName, input }: ToolCallPart): string {
  return JSON.stringify([toolName, input]);
}
