/** One case in one fresh process: checks the answers, warms up, measures, and tells the figure on its last line. */
import assert from 'node:assert/strict';
import { type Caller, callers } from './callers.ts';
import { answerText, streamText } from './replies.ts';

const [suite = '', name = '', origin = ''] = process.argv.slice(2);

console.log(JSON.stringify(await measure()));
process.exit();

async function measure(): Promise<number> {
  switch (suite) {
    case 'calls-64':
      return callCpuUs(await open('json'), { together: 64, calls: 12_000 });
    case 'calls-1':
      return callCpuUs(await open('json'), { together: 1, calls: 6000 });
    case 'calls-sse':
      return callCpuUs(readingWhole(await open('sse-12')), { together: 64, calls: 12_000, text: streamText(12) });
    case 'stream-200':
      return (await streamCpuUs(await open('sse-200'), 200, 2000)) / 200;
    case 'stream-5000':
      return (await streamCpuUs(await open('sse-5000'), 5000, 100)) / 5000;
    case 'heap-call':
      return heldKb({ warm: 'json', hold: 'hold-0' });
    case 'heap-stream':
      return heldKb({ warm: 'sse-20', hold: 'hold-20' });
    case 'heap-stream-200':
      return heldKb({ warm: 'sse-200', hold: 'hold-200' });
    case 'heap-event':
      return heldBytesAnEvent(200, 2000);
    default:
      throw new Error(`There is no suite "${suite}".`);
  }
}

async function open(kind: string): Promise<Caller> {
  const make = callers[name];
  if (make === undefined) throw new Error(`There is no caller "${name}".`);
  return make(`${origin}/${kind}`);
}

/** Ours read a stream as a call by themselves; whoever cannot is given the parts and counts them. */
function readingWhole(caller: Caller): Caller {
  if (name.startsWith('tollgate')) return caller;
  return {
    ...caller,
    call: async () => {
      const { characters } = await caller.stream();
      return streamText(12).slice(0, characters);
    },
  };
}

async function callCpuUs(
  caller: Caller,
  { together, calls, text = answerText }: { readonly together: number; readonly calls: number; readonly text?: string },
): Promise<number> {
  const run = async (count: number): Promise<void> => {
    let left = count;
    const worker = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        assert.equal(await caller.call(), text);
      }
    };
    await Promise.all(Array.from({ length: together }, worker));
  };
  await run(calls / 2);
  return cpuUs(() => run(calls), calls);
}

async function streamCpuUs(caller: Caller, events: number, streams: number): Promise<number> {
  const characters = streamText(events).length;
  const run = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 1) {
      const read = await caller.stream();
      assert.deepEqual({ parts: read.parts, characters: read.characters }, { parts: events, characters });
    }
  };
  await run(Math.ceil(streams / 3));
  return cpuUs(() => run(streams), streams);
}

async function cpuUs(run: () => Promise<void>, operations: number): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / operations;
}

/** What each further event adds to the heap of a stream, less its text, which the result will have. */
async function heldBytesAnEvent(from: number, to: number): Promise<number> {
  const after = (events: number): Promise<number> => heldKb({ warm: 'sse-200', hold: `hold-${events}`, count: 200 });
  const fewer = await after(from);
  const textBytes = streamText(to).length - streamText(from).length;
  return ((await after(to)) * 1000 - fewer * 1000 - textBytes) / (to - from);
}

/** Heap of each of `count` calls, or streams after their first events, that the upstream does not end. */
async function heldKb({
  warm,
  hold,
  count = 1000,
}: {
  readonly warm: string;
  readonly hold: string;
  readonly count?: number;
}): Promise<number> {
  const way = warm === 'json' ? 'call' : 'stream';
  const warmed = await open(warm);
  await Promise.all(Array.from({ length: 200 }, () => warmed[way](new AbortController().signal)));
  const caller = await open(hold);
  const controllers = Array.from({ length: count }, () => new AbortController());
  const before = await quietHeap();
  const ends = controllers.map(({ signal }) => caller[way](signal).catch(() => undefined));
  while ((await heldBy()) < count) await new Promise((resolve) => setTimeout(resolve, 20));
  const after = await quietHeap();
  for (const controller of controllers) controller.abort();
  await Promise.all(ends);
  return (after - before) / count / 1000;
}

async function heldBy(): Promise<number> {
  return Number(await (await fetch(`${origin}/held`)).text());
}

async function quietHeap(): Promise<number> {
  for (let i = 0; i < 5; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    globalThis.gc?.();
  }
  return process.memoryUsage().heapUsed;
}
