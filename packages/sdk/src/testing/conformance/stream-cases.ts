import { AbortedError } from '../../errors/aborted-error.ts';
import { TollgateError } from '../../errors/tollgate-error.ts';
import { systemClock } from '../../leaf/system-clock.ts';
import type { GenerateResult } from '../../spec/result.ts';
import type { ModelStream, StreamPart } from '../../spec/stream.ts';
import { textOf } from '../../strategy/whole-text.ts';
import { type ConformanceCase, type ConformanceTest, promptMs, slowAnswer } from './conformance-case.ts';
import { failureOf, holds, same } from './expectations.ts';
import { WatchingGuard } from './watching-guard.ts';

/** What a stream is, and what becomes of a call that is left. */
export const streamCases: readonly ConformanceCase[] = [
  {
    name: 'the parts of a stream come in order',
    run: async ({ model, ask }) => {
      const stream = model.stream(ask({ maxOutputTokens: 12 }));
      const parts: StreamPart[] = [];
      for await (const part of stream) parts.push(part);
      checkOrder(parts);
      const last = parts.at(-1);
      holds(last?.type === 'finish', 'the last part is not finish');
      same(last.result, await stream.result, 'the result of the last part');
      checkTexts(parts, last.result);
    },
  },
  {
    name: 'a loop that is left leaves a result with its charges',
    replies: () => slowAnswer,
    run: async (test) => {
      const guard = new WatchingGuard();
      const stream = test.model.stream(test.ask({ context: guard.context, maxOutputTokens: 64 }));
      for await (const part of stream) if (part.type === 'text-delta') break;
      const leftMs = systemClock.monotonic();
      const result = await stream.result;
      checkPrompt(test, leftMs);
      holds(result.charges.length > 0, 'nothing was charged');
      checkCut(result);
      guard.assertEnded();
    },
  },
  {
    name: 'an abort before the call sends nothing and costs nothing',
    run: async ({ model, ask, seen }) => {
      const guard = new WatchingGuard();
      const request = ask({ signal: AbortSignal.abort(), context: guard.context });
      for (const call of [() => model.generate(request), () => model.stream(request).result]) {
        const error = await failureOf(call(), 'the aborted call');
        holds(AbortedError.isInstance(error), 'the error is no AbortedError');
        same(error.charges, [], 'the charges');
      }
      same([guard.admitted, seen.length], [0, 0], 'attempts that were admitted and sent');
    },
  },
  {
    name: 'an abort before the answer ends generate at once',
    replies: () => ({ text: 'late', headersAfterMs: 2000 }),
    run: async (test) => {
      const controller = new AbortController();
      const startedMs = systemClock.monotonic();
      const guard = new WatchingGuard(() => void systemClock.sleep(1).then(() => controller.abort()));
      const request = test.ask({ signal: controller.signal, context: guard.context, maxOutputTokens: 64 });
      await checkAborted(test.model.generate(request), guard);
      checkPrompt(test, startedMs);
    },
  },
  {
    name: 'an abort in the middle of a stream ends the loop and the result',
    replies: () => slowAnswer,
    run: async (test) => {
      const controller = new AbortController();
      const guard = new WatchingGuard();
      const request = test.ask({ signal: controller.signal, context: guard.context, maxOutputTokens: 64 });
      const stream = test.model.stream(request);
      const abortedMs = await readAborting(stream, controller);
      await checkAborted(stream.result, guard);
      checkPrompt(test, abortedMs);
    },
  },
  {
    name: 'an abort after the answer changes nothing',
    run: async ({ model, ask }) => {
      const controller = new AbortController();
      const stream = model.stream(ask({ signal: controller.signal, maxOutputTokens: 4 }));
      const result = await stream.result;
      controller.abort();
      same(await stream.result, result, 'the result');
      holds(
        result.candidates.every(({ finish }) => finish.by !== 'aborted'),
        'an answer says that it was aborted',
      );
    },
  },
];

/** Reads until the loop ends or fails. Gives the time of the abort, which comes with the first text. */
async function readAborting(stream: ModelStream, controller: AbortController): Promise<number> {
  let abortedMs = systemClock.monotonic();
  try {
    for await (const part of stream) {
      if (part.type !== 'text-delta' || controller.signal.aborted) continue;
      abortedMs = systemClock.monotonic();
      controller.abort();
    }
  } catch (error) {
    holds(AbortedError.isInstance(error), 'the loop failed with something else than an AbortedError');
  }
  return abortedMs;
}

/** Aborted, or whole: what was there before the abort is an answer. */
async function checkAborted(call: Promise<GenerateResult>, guard: WatchingGuard): Promise<void> {
  const outcome = await call.catch((error: unknown) => error);
  guard.assertEnded();
  if (!(outcome instanceof Error)) return;
  holds(AbortedError.isInstance(outcome), `the error is no AbortedError: ${outcome.message}`);
  if (outcome.partial !== undefined) checkCut(outcome.partial);
  const settled = guard.log.filter((entry) => entry === 'settle').length;
  same(TollgateError.isInstance(outcome) ? outcome.charges.length : 0, settled, 'charges of the error');
}

function checkCut({ candidates }: GenerateResult): void {
  for (const { finish } of candidates) {
    holds(finish.by === 'aborted' || finish.unified !== 'aborted', 'an aborted answer does not say what ended it');
  }
}

function checkPrompt({ scripted }: ConformanceTest, startedMs: number): void {
  const tookMs = systemClock.monotonic() - startedMs;
  holds(!scripted || tookMs < promptMs, `leaving the call took ${Math.round(tookMs)} ms`);
}

function checkOrder(parts: readonly StreamPart[]): void {
  same(parts[0]?.type, 'start', 'the first part');
  same(parts.filter(({ type }) => type === 'start').length, 1, 'starts');
  same(parts.filter(({ type }) => type === 'finish').length, 1, 'finishes');
  const state = new Map<string, 'open' | 'ended'>();
  for (const part of parts) {
    if (!('candidateId' in part) || part.type === 'discard') continue;
    const { type, candidateId } = part;
    const before = state.get(candidateId);
    if (type === 'commit') {
      same(before, undefined, `what was said of ${candidateId} before its commit`);
      state.set(candidateId, 'open');
      continue;
    }
    holds(
      before === 'open',
      `${type} came ${before === undefined ? 'before the commit' : 'after the end'} of ${candidateId}`,
    );
    if (type === 'candidate-finish') state.set(candidateId, 'ended');
  }
  holds(state.size > 0, 'nothing was committed');
  holds(
    [...state.values()].every((each) => each === 'ended'),
    'a candidate has no end',
  );
}

function checkTexts(parts: readonly StreamPart[], { candidates }: GenerateResult): void {
  const texts = new Map<string, string>();
  for (const part of parts) {
    if (part.type === 'commit') texts.set(part.candidateId, '');
    if (part.type === 'text-delta') texts.set(part.candidateId, (texts.get(part.candidateId) ?? '') + part.text);
  }
  for (const [id, text] of texts) {
    const candidate = candidates.find((each) => each.id === id);
    same(candidate === undefined ? undefined : textOf(candidate), text, `the text of ${id}`);
  }
}
