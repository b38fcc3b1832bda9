import {
  createLedger,
  dynamicTurns,
  fixedTurns,
  memoryStore,
  perToken,
  turnRecordOf,
  unlimitedTurns,
  withBreakers,
  withBudget,
} from '@tollgate/budget';
import { type AgentState, defineTool, type Message, runAgent, type TurnPolicy } from '@tollgate/sdk';
import { anthropic } from '@tollgate/sdk/anthropic';
import { type Script, type ScriptedModel, scriptedModel } from '@tollgate/sdk/testing';
import { expect, it } from 'vitest';
import { z } from 'zod';

const look = defineTool({ name: 'look', input: z.object({ at: z.number() }), run: ({ at }) => at });
const tools = [look];
const prompt = 'Look around.';
// $0.10 a turn.
const pricing = perToken({ inputUsdPerMillion: 100, outputUsdPerMillion: 100 });
const usage = { inputUncached: 1000, outputText: 0 };

/** Calls a tool in every turn it may, with what is given for it, and answers where it may not. */
function eager(
  toolOf: (turn: number) => string = () => 'look',
  atOf: (turn: number) => number = (turn) => turn,
): ScriptedModel {
  const script: Script = ({ toolChoice, messages }) => {
    const turn = messages.filter(({ role }) => role === 'assistant').length + 1;
    if (toolChoice === 'none') return { text: 'What there is.', usage };
    const toolName = toolOf(turn);
    const input = toolName === 'look' ? { at: atOf(turn) } : { reason: 'Not done.' };
    return { content: [{ type: 'tool-call', toolCallId: `c${turn}`, toolName, input }], usage };
  };
  return scriptedModel(script, { pricing, capabilities: { tools: true } });
}

function lastText(messages: readonly Message[]): string {
  return JSON.stringify(messages.at(-1)?.content);
}

it('an agent that asks for more turns gets them once, and is told', async () => {
  const model = eager((turn) => (turn === 2 || turn === 4 ? 'request_more_turns' : 'look'));
  const turns = dynamicTurns({ initial: 3, extension: 2, extend: 'model-request' });
  const outcome = await runAgent({ model, tools, prompt, turns });
  expect(outcome).toMatchObject({ status: 'turn-limit', turns: 6, answer: 'What there is.' });
  expect(outcome.reason).toBe('all 5 turns are used (dynamic 3+2 on model-request)');
  expect(model.calls[0]?.tools?.map(({ name }) => name)).toEqual(['look', 'request_more_turns']);
  expect(lastText(model.calls[3]?.messages ?? [])).toContain('2 more turns are granted');
  expect(turnRecordOf(outcome, { model: 'm' })).toEqual({ model: 'm', turns: 5, censored: true });

  const silent = await runAgent({ model: eager(), tools, prompt, turns });
  expect(silent).toMatchObject({ turns: 4, reason: expect.stringContaining('the agent did not ask for them') });
});

it('keeps the price of the closing turn out of a budget, so that the work is not lost', async () => {
  for (const turns of [unlimitedTurns(), fixedTurns({ turns: 50 }), withBreakers(dynamicTurns({ initial: 50 }))]) {
    const ledger = await createLedger({ store: memoryStore() });
    await ledger.setLimit({ kind: 'task', id: 'each', usd: 0.75 });
    const model = withBudget(eager(), { ledger });
    const outcome = await runAgent({ model, tools, prompt, turns, scopes: { task: 'a' }, maxOutputTokens: 100 });
    expect(outcome).toMatchObject({ status: 'turn-limit', answer: 'What there is.', turns: 7 });
    expect(outcome.reason).toBe('$0.15 is left and a turn costs up to $0.10: the rest is kept for the closing turn');
    expect((await ledger.totals({ task: 'a' })).settled.usd).toBeCloseTo(0.7, 9);
  }
});

it('goes on from every saved state as if it had never stopped', async () => {
  const turns = withBreakers(dynamicTurns({ initial: 3, extension: 2, extend: 'always-once', reminders: 'every' }));
  const states: AgentState[] = [];
  const whole = await runAgent({
    model: eager(),
    tools,
    prompt,
    turns,
    onEvent: (event) => void (event.type === 'turn-end' && states.push(event.state)),
  });
  expect(states.length).toBe(6);
  for (const state of states.slice(0, -1)) {
    const resume = JSON.parse(JSON.stringify(state)) as AgentState;
    const later = await runAgent({ model: eager(), tools, turns, resume });
    expect(later.messages).toEqual(whole.messages);
    expect([later.reason, later.turns, later.state]).toEqual([whole.reason, whole.turns, whole.state]);
  }
});

it('whatever a policy says, what was sent before is a prefix of what is sent next', async () => {
  const policies: readonly TurnPolicy[] = [
    fixedTurns({ turns: 4, reminders: 'every' }),
    fixedTurns({ turns: 4, reminders: { fractions: [0.5] } }),
    dynamicTurns({ initial: 3, extension: 3, extend: 'always-once' }),
  ];
  for (const turns of policies) {
    const model = eager();
    await runAgent({ model, tools, prompt, turns });
    const sent = model.calls.map(({ messages }) => messages);
    for (const [i, messages] of sent.entries()) {
      const before = sent[i - 1] ?? [];
      expect(messages.slice(0, before.length)).toEqual(before);
    }
    expect(model.calls.at(-1)).toMatchObject({ toolChoice: 'none', tools: model.calls[0]?.tools });
    expect(lastText(sent.at(-1) ?? [])).toContain('This is the last turn');
  }
});

interface Body {
  readonly system?: unknown;
  readonly tools: unknown;
  readonly tool_choice?: unknown;
  readonly messages: readonly { readonly role: string; readonly content: string | readonly Part[] }[];
}

interface Part {
  readonly type: string;
  readonly text?: string;
  readonly cache_control?: unknown;
}

/** The parts of a conversation in order. */
function markedPartsOf({ messages }: Body): readonly (Part & { readonly role: string })[] {
  return messages.flatMap(({ role, content }) =>
    (typeof content === 'string' ? [{ type: 'text', text: content }] : content).map((part) => ({ role, ...part })),
  );
}

/** The same as the prompt cache sees them: marks are no part of the prompt. */
function partsOf(body: Body): readonly object[] {
  return markedPartsOf(body).map((part) => ({ ...part, cache_control: undefined }));
}

it('Claude is sent the same tools, tool_choice and prefix in the closing turn, and its marks stand before the notes', async () => {
  const bodies: Body[] = [];
  const model = anthropic('claude-sonnet-5', {
    apiKey: 'none',
    pricing,
    fetch: async (_, init) => {
      bodies.push(JSON.parse(init?.body as string) as Body);
      const isLast = bodies.length === 5;
      const call = { type: 'tool_use', id: `toolu_${bodies.length}`, name: 'look', input: { at: bodies.length } };
      return Response.json({
        id: 'msg',
        type: 'message',
        role: 'assistant',
        model: 'claude-sonnet-5',
        // The first closing turn calls a tool all the same.
        content: [isLast ? { type: 'text', text: 'Done.' } : call],
        stop_reason: isLast ? 'end_turn' : 'tool_use',
        usage: { input_tokens: 5, output_tokens: 5 },
      });
    },
  });
  const ran: number[] = [];
  const counted = defineTool({ name: 'look', input: z.object({ at: z.number() }), run: ({ at }) => void ran.push(at) });
  const outcome = await runAgent({
    model,
    tools: [counted],
    prompt,
    turns: fixedTurns({ turns: 3, reminders: 'every' }),
    cache: {},
    maxOutputTokens: 100,
  });
  expect(outcome).toMatchObject({ status: 'turn-limit', answer: 'Done.', turns: 5 });
  expect(ran).toEqual([1, 2, 3]);
  for (const [i, body] of bodies.entries()) {
    expect([body.tools, body.tool_choice, body.system]).toEqual([bodies[0]?.tools, undefined, bodies[0]?.system]);
    const before = bodies[i - 1] === undefined ? [] : partsOf(bodies[i - 1] as Body);
    expect(partsOf(body).slice(0, before.length)).toEqual(before);
    const flat = markedPartsOf(body);
    const mark = flat.findLastIndex((part) => part.cache_control !== undefined);
    const note = flat.findLastIndex((part) => part.type === 'text' && /left, this one|last turn/.test(part.text ?? ''));
    expect(note).toBe(flat.length - 1);
    expect(mark).toBeLessThan(note);
    expect(mark).toBeGreaterThanOrEqual(0);
  }
  expect(markedPartsOf(bodies[4] as Body).filter(({ type }) => type === 'tool_result').length).toBe(4);
});
