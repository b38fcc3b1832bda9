import { dynamicTurns } from '@tollgate/budget';
import { type AgentOptions, defineTool, runAgent } from '@tollgate/sdk';
import { scriptedModel } from '@tollgate/sdk/testing';
import { expect, it } from 'vitest';

const look = defineTool({ name: 'look', input: { json: { type: 'object' } }, run: () => 'seen' });

/** Turns of an agent that looks at one place after the other and never ends. */
async function turnsOf(
  extend: 'progress' | 'no-artifact',
  place: (turn: number) => number,
  options: Partial<AgentOptions> = {},
) {
  let turn = 0;
  const model = scriptedModel(
    ({ toolChoice }) => {
      turn += 1;
      if (toolChoice === 'none') return { text: 'What there is.' };
      return {
        content: [{ type: 'tool-call', toolCallId: `c${turn}`, toolName: 'look', input: { at: place(turn) } }],
      };
    },
    { capabilities: { tools: true } },
  );
  const turns = dynamicTurns({ initial: 4, extension: 3, extend });
  return (await runAgent({ model, tools: [look], prompt: 'Look.', turns, ...options })).turns;
}

it('turns are added where new calls work, and not to an agent that repeats itself', async () => {
  expect(await turnsOf('progress', (turn) => turn)).toBe(8);
  expect(await turnsOf('progress', () => 7)).toBe(5);
});

it('turns are added by what the caller says', async () => {
  expect(await turnsOf('progress', () => 7, { assess: () => ({ progress: true }) })).toBe(8);
  expect(await turnsOf('no-artifact', (turn) => turn, { assess: ({ turn }) => ({ artifact: turn > 2 }) })).toBe(5);
  expect(await turnsOf('no-artifact', (turn) => turn, { assess: () => ({ artifact: false }) })).toBe(8);
  expect(await turnsOf('no-artifact', (turn) => turn)).toBe(5);
});
