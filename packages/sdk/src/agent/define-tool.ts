import { type ObjectOf, type ObjectSchema, outputSchema } from '../ask/object-schema.ts';
import type { CallContext } from '../spec/context.ts';
import type { Tool } from '../spec/request.ts';
import type { Charge } from '../spec/result.ts';

/** What a tool is run with, besides its input. */
export interface ToolRunOptions {
  readonly toolCallId: string;
  /** Fires when the agent is aborted and when the tool's time is up. A tool that goes on is left behind after a second. */
  readonly signal: AbortSignal;
  /** For models and agents that the tool asks: handed to them, it bounds and traces what they do. */
  readonly context: CallContext;
  /** Puts what models asked by the tool cost on the agent's bill. What an error that is thrown had cost is on it already. */
  readonly charge: (charges: readonly Charge[]) => void;
}

/** A tool that `runAgent` can run. */
export interface AgentTool extends Tool {
  /** Milliseconds after which it is given up. @defaultValue the agent's `toolTimeoutMs` */
  readonly timeoutMs?: number;
  /** Gets input that fits the schema. Gives any JSON value; what it throws is told to the model. */
  readonly run: (input: unknown, options: ToolRunOptions) => unknown;
}

/** What a tool is defined by. */
export interface ToolDefinition<Schema extends ObjectSchema> {
  /** As the model calls it. Letters, digits, `_` and `-`, 64 at most: all providers take these. */
  readonly name: string;
  /** Tells the model what the tool does and when to use it. */
  readonly description?: string;
  readonly input: Schema;
  /** Milliseconds after which it is given up. Range [1, 2³¹). @defaultValue the agent's `toolTimeoutMs` */
  readonly timeoutMs?: number;
  readonly run: (input: ObjectOf<Schema>, options: ToolRunOptions) => unknown;
}

/**
 * Makes a tool for `runAgent`. Its `run` gets input that was checked, typed by the schema.
 *
 * @example
 * const readFile = defineTool({
 *   name: 'read_file',
 *   description: 'Gives the text of a file of the project.',
 *   input: z.object({ path: z.string() }),
 *   run: async ({ path }, { signal }) => fs.readFile(path, { encoding: 'utf8', signal }),
 * });
 */
export function defineTool<Schema extends ObjectSchema>(definition: ToolDefinition<Schema>): AgentTool {
  const { name, description, input, timeoutMs, run } = definition;
  return {
    name,
    ...(description !== undefined && { description }),
    input: outputSchema(input),
    ...(timeoutMs !== undefined && { timeoutMs }),
    // The loop hands over what the schema gave back.
    run: (checked, options) => run(checked as ObjectOf<Schema>, options),
  };
}
