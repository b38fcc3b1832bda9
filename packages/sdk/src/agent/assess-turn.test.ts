import { describe, expect, it } from 'vitest';
import type { TurnObservation, TurnPolicy } from '../spec/turn-policy.ts';
import { scriptedModel, type ScriptStep } from '../testing/scripted-model.ts';
import { defineTool } from './define-tool.ts';
import { runAgent } from './run-agent.ts';

const tools = [
  defineTool({
    name: 'read',
    input: { json: { type: 'object' } },
    run: (input) => {
      if (JSON.stringify(input).includes('missing')) throw new Error('No such file.');
      return 'text';
    },
  }),
];

/** Notes what it is told. */
function watching(seen: TurnObservation[]): TurnPolicy<null> {
  return {
    name: 'watching',
    mayExtend: true,
    start: () => null,
    before: (state) => ({ state, decision: { type: 'proceed' } }),
    after: (state, observation) => {
      seen.push(observation);
      return state;
    },
  };
}

const calling = (...calls: readonly (readonly [string, object])[]): ScriptStep => ({
  content: calls.map(([toolName, input], i) => ({
    type: 'tool-call',
    toolCallId: `${toolName}${i}${JSON.stringify(input)}`,
    toolName,
    input: input as { file: string },
  })),
});

const script: readonly ScriptStep[] = [
  calling(['read', { file: 'a' }]),
  calling(['read', { file: 'a' }]),
  calling(['read', { file: 'missing' }], ['write', {}], ['request_more_turns', { reason: 'x' }]),
  calling(['read', { file: 'a' }], ['read', { file: 'b' }]),
  { text: 'Done.' },
];

describe('what a turn came to', () => {
  it('is progress where a tool call is new and did not fail', async () => {
    const seen: TurnObservation[] = [];
    const model = scriptedModel(script, { capabilities: { tools: true } });
    await runAgent({ model, tools, prompt: 'Go.', turns: watching(seen) });
    expect(seen.map(({ progress }) => progress)).toEqual([true, false, false, true, false]);
    expect(seen.every((one) => !('artifact' in one))).toBe(true);
  });

  it('counts what was called before a resume', async () => {
    const seen: TurnObservation[] = [];
    const first = await runAgent({
      model: scriptedModel([...script.slice(0, 1), { text: 'Wait.' }], { capabilities: { tools: true } }),
      tools,
      prompt: 'Go.',
    });
    const model = scriptedModel([calling(['read', { file: 'a' }]), { text: 'Done.' }], {
      capabilities: { tools: true },
    });
    const policy = watching(seen);
    await runAgent({ model, tools, prompt: 'On.', resume: { ...first.state, policy: null }, turns: policy });
    expect(seen[0]?.progress).toBe(false);
  });

  it('is what the caller says, who sees the calls and their results', async () => {
    const seen: TurnObservation[] = [];
    const model = scriptedModel(script, { capabilities: { tools: true } });
    await runAgent({
      model,
      tools,
      prompt: 'Go.',
      turns: watching(seen),
      assess: async ({ turn, calls, results }) =>
        turn === 1 ? {} : { progress: results.some(({ isError }) => isError), artifact: calls.length > 1 },
    });
    expect(seen.map(({ progress, artifact }) => [progress, artifact])).toEqual([
      [true, undefined],
      [false, false],
      [true, true],
      [false, true],
      [false, false],
    ]);
  });

  it('ends the run as failed where saying it fails, with the work so far', async () => {
    const model = scriptedModel(script, { capabilities: { tools: true } });
    const outcome = await runAgent({
      model,
      tools,
      prompt: 'Go.',
      assess: () => {
        throw new Error('git is not there');
      },
    });
    expect(outcome).toMatchObject({ status: 'failed', turns: 0, reason: expect.stringContaining('git is not there') });
    expect(outcome.messages.at(-1)).toMatchObject({ role: 'tool' });
  });
});
