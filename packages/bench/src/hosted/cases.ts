/** A table: the callers of one suite, and what ours are judged by. */
export interface Group {
  readonly part: 'calls' | 'streams' | 'heap';
  readonly suite: string;
  readonly title: string;
  readonly unit: string;
  readonly callers: readonly string[];
  /** Judged are ratios to this caller; absent: the figures themselves. */
  readonly reference?: string;
  readonly gate: number;
  readonly goal: number;
  readonly judged: readonly string[];
}

const ours = ['tollgate compatible', 'tollgate openai chat', 'tollgate anthropic'];
const all = ['node:http', 'fetch', ...ours, 'openai sdk', 'anthropic sdk', 'ai sdk'];

const call = { part: 'calls', unit: 'us CPU', reference: 'fetch', gate: 1.1, goal: 0.95, judged: ours } as const;
const event = { part: 'streams', unit: 'us CPU', callers: all, judged: ours } as const;
const heap = { part: 'heap', unit: 'kB', callers: all, judged: ours } as const;

/** Suites of `case.ts`. */
export const groups: readonly Group[] = [
  { ...call, suite: 'calls-64', title: 'call, 64 at a time, answered whole', callers: all },
  { ...call, suite: 'calls-1', title: 'call, one after the other, answered whole', callers: all },
  // Ours always ask for a stream, so this is what a server makes of it that heeds that.
  { ...call, suite: 'calls-sse', title: 'call, 64 at a time, answered as 12 events, read by everybody', callers: all },
  { ...event, suite: 'stream-200', title: 'event of a stream of 200', gate: 4, goal: 2.5 },
  { ...event, suite: 'stream-5000', title: 'event of a stream of 5,000', gate: 2.5, goal: 1.4 },
  { ...heap, suite: 'heap-call', title: 'heap of a call in flight (1,000 held)', gate: 12, goal: 8 },
  { ...heap, suite: 'heap-stream', title: 'heap of a stream in flight, after 20 events', gate: 20, goal: 14 },
  { ...heap, suite: 'heap-stream-200', title: 'heap of a stream in flight, after 200 events', gate: 20, goal: 14 },
  // Whoever keeps the text of an answer may keep a copy of it that is a quarter larger than it is.
  {
    ...heap,
    suite: 'heap-event',
    callers: ['node:http', ...ours],
    title: 'heap of one more event (201st to 2,000th), less its text',
    unit: 'B',
    gate: 2,
    goal: 1,
  },
];

/** What `in-process.ts` measures. */
export const inProcessCases: readonly string[] = [
  'bare function',
  'leaf',
  'retry and trace',
  'scripted',
  'ai sdk mock',
];

/** What `import-time.ts` imports. */
export const importable: readonly string[] = [
  '@tollgate/sdk',
  '@tollgate/sdk/openai-compatible',
  '@tollgate/sdk/openai',
  '@tollgate/sdk/anthropic',
  'openai',
  '@anthropic-ai/sdk',
  'ai',
];
