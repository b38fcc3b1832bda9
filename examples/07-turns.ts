// Limits on turns: a low one that is raised once, and one that is learned from what earlier runs took, those that were stopped
// included. The model is scripted, so this needs no key, no network and no weights.
import assert from 'node:assert/strict';
import {
  defineTool,
  dynamicTurns,
  fixedTurns,
  readTurnRecords,
  runAgent,
  turnHistory,
  turnRecordOf,
  writeTurnRecord,
} from 'tollgate';
import { scriptedModel } from 'tollgate/testing';
import { z } from 'zod';

const search = defineTool({ name: 'search', input: z.object({ page: z.number() }), run: ({ page }) => `page ${page}` });
const call = (toolName: string, input: { page: number } | { reason: string }) =>
  ({ content: [{ type: 'tool-call', toolCallId: JSON.stringify(input), toolName, input }] }) as const;

// Three turns are planned and two may be added, where the agent asks. It is told how it stands, and closes with tools off.
const model = scriptedModel(
  [
    call('search', { page: 1 }),
    call('request_more_turns', { reason: 'Two pages are left.' }),
    call('search', { page: 2 }),
    call('search', { page: 3 }),
    call('search', { page: 4 }),
    { text: 'It is not on pages 1 to 4.' },
  ],
  { modelId: 'small', capabilities: { tools: true } },
);
const turns = dynamicTurns({ initial: 3, extension: 2, extend: 'model-request' });
const outcome = await runAgent({ model, tools: [search], prompt: 'Find it.', turns });
console.log(`${outcome.status}: ${outcome.reason}. ${outcome.answer}`);
for (const { messages } of model.calls.slice(2)) console.log(`  ${JSON.stringify(messages.at(-1)?.content)}`);
assert.deepEqual([outcome.turns, model.calls.at(-1)?.toolChoice], [6, 'none']);

// One line a run, in a file or a table of yours. This run was stopped, so it counts as longer than the five turns it had.
const line = writeTurnRecord(turnRecordOf(outcome, { model: 'small', taskClass: 'search' }));
const earlier = Array.from({ length: 24 }, (_, i) =>
  writeTurnRecord({ model: 'small', taskClass: 'search', turns: 2 + (i % 8), censored: i % 8 === 7 }),
);
const records = readTurnRecords([...earlier, line].join(''));
const history = turnHistory(records, { model: 'small', taskClass: 'search' });
console.log(fixedTurns({ history, percentile: 0.75 }).name);
console.log(dynamicTurns({ history }).name);
console.log(fixedTurns({ history: turnHistory(records, { model: 'new' }) }).name);
assert.deepEqual([history.completed, history.censored], [21, 4]);
