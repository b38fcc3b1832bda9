import type { ToolCallPart } from '../spec/content.ts';
import type { JsonValue } from '../spec/json.ts';

/** Parses the arguments of a tool call. Invalid JSON is kept as the raw string, with the reason. No arguments are an empty object. */
export function readToolInput(text: string): Pick<ToolCallPart, 'input' | 'invalid'> {
  if (text.trim() === '') return { input: {} };
  try {
    return { input: JSON.parse(text) as JsonValue };
  } catch (error) {
    return { input: text, invalid: error instanceof Error ? error.message : String(error) };
  }
}
