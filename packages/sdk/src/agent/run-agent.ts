import { scopedContext } from '../ask/text-request.ts';
import { withNote } from '../ask/with-note.ts';
import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { childContext, guardedContext, rootContext } from '../leaf/call-context.ts';
import { checkRequest } from '../leaf/check-request.ts';
import { guardsOf } from '../leaf/guards-of.ts';
import { schemaCheck } from '../schema/schema-check.ts';
import type { CacheBreakpoint, Message } from '../spec/content.ts';
import type { Scopes } from '../spec/context.ts';
import type { Model } from '../spec/model.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { TurnPolicy } from '../spec/turn-policy.ts';
import type { AgentEvent, AgentOutcome, AgentState } from './agent-outcome.ts';
import { AgentRun } from './agent-run.ts';
import type { AssessTurn } from './assess-turn.ts';
import type { AgentTool } from './define-tool.ts';
import { fixedTurns } from './fixed-turns.ts';
import { moreTurnsName, moreTurnsTool } from './more-turns-tool.ts';
import { unansweredCalls } from './unanswered-calls.ts';

type RequestOptions = Omit<GenerateRequest, 'messages' | 'tools' | 'toolChoice' | 'samples' | 'firstSample'>;

/** What an agent is run with. Everything else a request may hold goes into each of its calls. */
export interface AgentOptions extends RequestOptions {
  readonly model: Model;
  /** @defaultValue none */
  readonly tools?: readonly AgentTool[];
  /** What is to be done: a text, or a conversation so far. With `resume`, what is said next. */
  readonly prompt?: string | readonly Message[];
  /** Put before the prompt as a system message. Not with `resume`, which has its own. */
  readonly system?: string;
  /** The `state` of an earlier outcome or event, to go on from. */
  readonly resume?: AgentState;
  /** A number of turns, after which a closing turn asks for what there is; or a policy. Range [1, ∞). @defaultValue 20 */
  readonly turns?: number | TurnPolicy;
  /** Who the run is for. Not with `context`, which has its own. */
  readonly scopes?: Scopes;
  /**
   * Has the provider cache the conversation as it grows, where it must be asked to: `{}`, or with a lifetime. It costs more to
   * write and far less to read, so it pays from the second turn on. @defaultValue no marks but those of the prompt
   */
  readonly cache?: CacheBreakpoint;
  /** Tools that run at once. Range [1, ∞). @defaultValue 8 */
  readonly maxParallelTools?: number;
  /** Milliseconds after which a tool that has no `timeoutMs` of its own is given up. Range [1, 2³¹). @defaultValue none */
  readonly toolTimeoutMs?: number;
  /** Characters of a tool's output that the model is given. Range [1, ∞). @defaultValue 50000 */
  readonly maxToolOutputCharacters?: number;
  /**
   * Says after each turn whether it got somewhere and whether there is something to hand in: files changed, tests fixed, a patch
   * that is not empty. For policies that add turns for it. An error it throws ends the run as `failed`. @defaultValue progress is
   * a tool call that is new and did not fail; of something to hand in nothing is known
   */
  readonly assess?: AssessTurn;
  /** Told what happens as it happens. With it, the model's answers are streamed. An error it throws ends the run as `failed`. */
  readonly onEvent?: (event: AgentEvent) => void;
}

/**
 * Lets a model work with tools until it is done, or a limit ends it. Always resolves with what there is.
 *
 * Tool calls of one answer run in parallel; unknown tools, arguments that do not fit, errors and timeouts are told to the
 * model, which can mend them. What a turn policy says is put at the end of the newest message, so that a cached prefix stays.
 * Money is held at each call, below, by the budgets around the model, which bound what tools ask for as well; what they refuse
 * ends the run as `budget`, with the work so far. Limits on turns count the turns of the run.
 *
 * @throws InvalidOptionError for options out of range, before anything is sent. Nothing else: see `AgentOutcome.status`.
 *
 * @example
 * const outcome = await runAgent({ model, tools: [readFile, runTests], prompt: 'Fix the failing test.', turns: 20 });
 * console.log(outcome.status, outcome.answer, outcome.costUsd);
 */
export async function runAgent(options: AgentOptions): Promise<AgentOutcome> {
  const {
    model,
    tools: given = [],
    prompt,
    system,
    resume,
    turns = 20,
    scopes,
    cache,
    maxParallelTools = 8,
    toolTimeoutMs,
    maxToolOutputCharacters = 50_000,
    assess,
    onEvent,
    ...request
  } = options;
  whole('maxParallelTools', maxParallelTools, Number.POSITIVE_INFINITY);
  whole('maxToolOutputCharacters', maxToolOutputCharacters, Number.POSITIVE_INFINITY);
  if (toolTimeoutMs !== undefined) whole('toolTimeoutMs', toolTimeoutMs, 2 ** 31 - 1);
  if (typeof turns === 'number') whole('turns', turns, Number.POSITIVE_INFINITY);
  const policy: TurnPolicy = typeof turns === 'number' ? fixedTurns(turns) : turns;
  const tools = policy.mayExtend === true ? [...given, moreTurnsTool] : given;
  checkTools(tools);
  const messages = startOf({ prompt, system, resume });
  checkRequest({ ...request, messages });
  const above = scopedContext({ scopes, context: request.context }) ?? rootContext();
  // The budgets of the model bound its tools too: models that they ask get this context.
  const context = guardsOf(model).reduce((bounded, guard) => guardedContext(bounded, guard), above);
  return new AgentRun({
    model,
    request,
    policy,
    tools,
    cache,
    context: childContext(context, { kind: 'agent', label: `agent ${model.modelId}` }),
    start: {
      messages,
      turns: resume?.turns ?? 0,
      ...(resume?.spentUsd !== undefined && { spentUsd: resume.spentUsd }),
      policy: resume === undefined ? policy.start() : resume.policy,
    },
    runner: { maxParallelTools, toolTimeoutMs, maxToolOutputCharacters },
    assess,
    onEvent,
  }).run();
}

function startOf({
  prompt,
  system,
  resume,
}: {
  readonly prompt: AgentOptions['prompt'];
  readonly system: string | undefined;
  readonly resume: AgentState | undefined;
}): readonly Message[] {
  if (prompt === undefined && resume === undefined) {
    throw new InvalidOptionError('prompt', 'runAgent needs a prompt, or a state to resume; received neither.');
  }
  if (system !== undefined && resume !== undefined) {
    throw new InvalidOptionError('system', 'system and resume were both given. A state has its own system message.');
  }
  const before = system === undefined ? (resume?.messages ?? []) : [{ role: 'system' as const, content: system }];
  const messages = typeof prompt === 'string' ? withNote(before, prompt) : [...before, ...(prompt ?? [])];
  const open = unansweredCalls(messages);
  if (open.length > 0) {
    throw new InvalidOptionError(
      'prompt',
      `The messages hold tool calls without a result: ${open.join(', ')}. Add their results, or leave the calls out.`,
    );
  }
  return messages;
}

function checkTools(tools: readonly AgentTool[]): void {
  const names = new Set<string>();
  for (const { name, input, timeoutMs } of tools) {
    const option = `tools: ${name}`;
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
      throw new InvalidOptionError(
        'tools',
        `A tool's name must be 1 to 64 letters, digits, "_" or "-", received "${name}".`,
      );
    }
    if (names.has(name)) {
      const reserved = name === moreTurnsName ? ', which the turn policy brings' : '';
      throw new InvalidOptionError('tools', `Two tools have the name "${name}"${reserved}. Give each its own.`);
    }
    names.add(name);
    schemaCheck(input, option);
    if (timeoutMs !== undefined) whole(`${option}, timeoutMs`, timeoutMs, 2 ** 31 - 1);
  }
}

function whole(option: string, value: number, most: number): void {
  if (value >= 1 && value <= most && (Number.isInteger(value) || value === Number.POSITIVE_INFINITY)) return;
  const range = most === Number.POSITIVE_INFINITY ? '1 or more' : `in [1, ${most}]`;
  throw new InvalidOptionError(option, `${option} must be a whole number ${range}, received ${value}.`);
}
