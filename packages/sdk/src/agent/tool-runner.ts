import pLimit from 'p-limit';
import { TollgateError } from '../errors/tollgate-error.ts';
import { childContext } from '../leaf/call-context.ts';
import { messageOf } from '../leaf/result-of-parts.ts';
import { schemaCheck } from '../schema/schema-check.ts';
import type { ToolCallPart, ToolResultPart } from '../spec/content.ts';
import type { CallContext } from '../spec/context.ts';
import type { JsonValue } from '../spec/json.ts';
import type { Charge } from '../spec/result.ts';
import type { AgentTool } from './define-tool.ts';

/** How tools are run. */
export interface ToolRunnerOptions {
  readonly tools: readonly AgentTool[];
  readonly maxParallelTools: number;
  readonly toolTimeoutMs: number | undefined;
  readonly maxToolOutputCharacters: number;
  readonly signal: AbortSignal | undefined;
  readonly charge: (charges: readonly Charge[]) => void;
}

/** Why a call was not run, for the model to read. */
export type NotRun = string;

/** Runs the tool calls of one answer, some at a time. Never throws: whatever goes wrong is a result that says so. */
export class ToolRunner {
  readonly #options: ToolRunnerOptions;
  readonly #tools: ReadonlyMap<string, AgentTool>;

  constructor(options: ToolRunnerOptions) {
    this.#options = options;
    this.#tools = new Map(options.tools.map((tool) => [tool.name, tool]));
  }

  /** A result for each call, in the order of the calls. */
  async run(
    calls: readonly ToolCallPart[],
    turn: {
      readonly context: CallContext;
      readonly onCall: (call: ToolCallPart) => void;
      readonly onResult: (result: ToolResultPart) => void;
    },
  ): Promise<readonly ToolResultPart[]> {
    const limit = pLimit(this.#options.maxParallelTools);
    return Promise.all(
      calls.map((call, i) =>
        limit(async () => {
          turn.onCall(call);
          const result = await this.#result(call, { context: turn.context, index: i });
          turn.onResult(result);
          return result;
        }),
      ),
    );
  }

  async #result(
    call: ToolCallPart,
    place: { readonly context: CallContext; readonly index: number },
  ): Promise<ToolResultPart> {
    const tool = this.#tools.get(call.toolName);
    // Traces hold no content, and the name of a tool that is not there is the model's own writing.
    const label = `${tool?.name ?? 'unknown tool'} ${place.index + 1}`;
    const context = childContext(place.context, { kind: 'tool', label });
    try {
      const output = this.#fitted(jsonOf(await this.#output(call, tool, context)));
      context.span.end('answered');
      return { ...resultFor(call), output };
    } catch (error) {
      context.span.end(this.#options.signal?.aborted === true ? 'aborted' : 'failed');
      if (TollgateError.isInstance(error)) this.#options.charge(error.charges);
      return { ...resultFor(call), output: this.#fitted(messageOf(error)), isError: true };
    }
  }

  async #output(call: ToolCallPart, tool: AgentTool | undefined, context: CallContext): Promise<unknown> {
    if (tool === undefined) {
      const names = [...this.#tools.keys()].join(', ');
      throw new Error(
        `There is no tool "${call.toolName}". ${names === '' ? 'There are none.' : `The tools are: ${names}.`}`,
      );
    }
    if (call.invalid !== undefined) throw new Error(`The arguments are not JSON: ${call.invalid}. Call it again.`);
    const checked = await schemaCheck(tool.input, `tools: ${tool.name}`)(call.input);
    if (checked.issue !== undefined) throw new Error(`The arguments do not fit: ${checked.issue}. Call it again.`);
    const { signal, charge, toolTimeoutMs } = this.#options;
    return untilStopped(
      async (stop) => tool.run(checked.value, { toolCallId: call.toolCallId, signal: stop, context, charge }),
      { signal, clock: context.clock, timeoutMs: tool.timeoutMs ?? toolTimeoutMs, charge },
    );
  }

  #fitted(output: JsonValue): JsonValue {
    const { maxToolOutputCharacters: most } = this.#options;
    const text = typeof output === 'string' ? output : JSON.stringify(output);
    if (text.length <= most) return output;
    return `${text.slice(0, most).toWellFormed()}\n[cut: the first ${most} of ${text.length} characters]`;
  }
}

/** A result for each of the calls that were not run. */
export function notRun(calls: readonly ToolCallPart[], why: NotRun): readonly ToolResultPart[] {
  return calls.map((call) => ({ ...resultFor(call), output: `The tool was not run: ${why}.`, isError: true }));
}

function resultFor({ toolCallId, toolName }: ToolCallPart): Pick<ToolResultPart, 'type' | 'toolCallId' | 'toolName'> {
  return { type: 'tool-result', toolCallId, toolName };
}

/** What a tool gave as it will be read: as JSON. Nothing is null. */
function jsonOf(value: unknown): JsonValue {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? null : (JSON.parse(text) as JsonValue);
}

/** How long a tool that was stopped may take to say what it cost. */
const graceMs = 1000;

/** Work that is given up when the signal fires or its time is over, whether it listens or not. */
async function untilStopped<Value>(
  work: (signal: AbortSignal) => Promise<Value>,
  {
    signal,
    clock,
    timeoutMs,
    charge,
  }: {
    readonly signal: AbortSignal | undefined;
    readonly clock: CallContext['clock'];
    readonly timeoutMs: number | undefined;
    readonly charge: ToolRunnerOptions['charge'];
  },
): Promise<Value> {
  if (signal?.aborted === true) throw new Error(abortedMessage);
  const timeUp = new AbortController();
  const done = new AbortController();
  const stop = signal === undefined ? timeUp.signal : AbortSignal.any([signal, timeUp.signal]);
  const stopped = new Promise<never>((_, reject) => {
    const give = (): void => {
      const late = `It took longer than ${timeoutMs} ms and was given up.`;
      reject(new Error(timeUp.signal.aborted ? late : abortedMessage));
    };
    stop.addEventListener('abort', give, { once: true, signal: done.signal });
  });
  const pause = (ms: number): Promise<boolean> =>
    clock.sleep(ms, done.signal).then(
      () => true,
      () => false,
    );
  if (timeoutMs !== undefined) void pause(timeoutMs).then((over) => over && timeUp.abort(new Error('The time is up.')));
  const working = work(stop);
  try {
    return await Promise.race([working, stopped]);
  } catch (error) {
    if (stop.aborted) {
      // What models had cost that the tool was asking is on the error that it ends with.
      const own = await Promise.race([
        working.then(
          () => undefined,
          (late: unknown) => late,
        ),
        pause(graceMs),
      ]);
      if (own !== error && TollgateError.isInstance(own)) charge(own.charges);
    }
    throw error;
  } finally {
    done.abort();
  }
}

const abortedMessage = 'It was aborted.';
