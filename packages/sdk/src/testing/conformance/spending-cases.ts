import { ModelCallError } from '../../errors/model-call-error.ts';
import { TollgateError } from '../../errors/tollgate-error.ts';
import type { Charge, GenerateResult } from '../../spec/result.ts';
import type { Usage } from '../../spec/usage.ts';
import type { ConformanceCase } from './conformance-case.ts';
import { failureOf, holds, same } from './expectations.ts';
import { WatchingGuard } from './watching-guard.ts';

const usage: Usage = { inputUncached: 11, cacheRead: 5, outputText: 7, outputReasoning: 3 };

/** What a call costs, and that money is held before it is spent. */
export const spendingCases: readonly ConformanceCase[] = [
  {
    name: 'usage is there in every way of asking, in buckets that do not overlap',
    run: async ({ model, ask }) => {
      const request = ask({ maxOutputTokens: 4 });
      const stream = model.stream(request);
      for await (const _ of stream);
      for (const { charges } of [
        await model.generate(request),
        await model.stream(request).result,
        await stream.result,
      ]) {
        holds(charges.length > 0, 'nothing was charged');
        for (const charge of charges) checkUsage(charge);
      }
    },
  },
  {
    name: 'usage is what the engine reports, split at the edge',
    replies: () => ({ text: 'one two', usage }),
    gap: ({ scripted }) => (scripted ? undefined : 'real weights count for themselves'),
    run: async ({ model, ask }) => {
      for (const { charges } of [await model.generate(ask()), await model.stream(ask()).result]) {
        for (const charge of charges) {
          const { inputUncached, cacheRead, outputText, outputReasoning } = charge.usage;
          same({ inputUncached, cacheRead, outputText, outputReasoning }, usage, 'the buckets');
          same(charge.usageKnown, 'exact', 'how it is known');
        }
      }
    },
  },
  {
    name: 'every attempt is one charge, and every candidate has its own',
    run: async ({ model, ask }) => {
      const guard = new WatchingGuard();
      const result = await model.generate(ask({ context: guard.context, samples: 2, maxOutputTokens: 4 }));
      checkCharges(result);
      same(result.charges.length, guard.admitted, 'charges beside attempts that were admitted');
    },
  },
  {
    name: 'money is held before anything is sent, and every hold is ended once',
    run: async ({ model, ask, seen }) => {
      const guard = new WatchingGuard(() => guard.log.push(`sent ${seen.length}`));
      await model.generate(ask({ context: guard.context, maxOutputTokens: 4 }));
      await model.stream(ask({ context: guard.context, maxOutputTokens: 4 })).result;
      guard.assertEnded();
      same(guard.log.slice(0, 2), ['admit', 'sent 0'], 'what came first');
    },
  },
  {
    name: 'a refusal by the engine is an error of its kind, and costs nothing',
    replies: () => ({ error: 'context-length', message: 'The prompt is too long.' }),
    gap: ({ scripted }) => (scripted ? undefined : 'real weights cannot be told to refuse'),
    run: async ({ model, ask }) => {
      const guard = new WatchingGuard();
      const request = ask({ context: guard.context });
      for (const call of [() => model.generate(request), () => model.stream(request).result]) {
        const error = await failureOf(call(), 'the refused call');
        const cause = ModelCallError.isInstance(error) ? error : (error as Error | undefined)?.cause;
        holds(ModelCallError.isInstance(cause), 'the error is no ModelCallError, and none is its cause');
        same([cause.failure, cause.dispatch], ['context-length', 'refused'], 'the failure');
        same(TollgateError.isInstance(error) ? error.charges : [], [], 'the charges');
      }
      guard.assertEnded();
      holds(!guard.log.includes('settle'), 'a refused attempt was charged');
    },
  },
];

function checkUsage({ usage: used, usageKnown }: Charge): void {
  holds(usageKnown !== 'upper-bound', 'the usage of a whole answer is not known');
  for (const name of ['inputUncached', 'outputText'] as const) {
    holds(used[name] !== undefined, `usage has no ${name}`);
  }
  for (const name of ['inputUncached', 'cacheRead', 'outputText', 'outputReasoning'] as const) {
    const count = used[name];
    holds(count === undefined || (Number.isInteger(count) && count >= 0), `${name} is ${count}`);
  }
}

function checkCharges({ charges, candidates }: GenerateResult): void {
  const attempts = charges.map(({ attemptId }) => attemptId);
  same(new Set(attempts).size, attempts.length, 'different attempts');
  for (const { id, attemptId } of candidates) {
    const charge = charges.find((each) => each.attemptId === attemptId);
    holds(charge?.candidateIds.includes(id) === true, `no charge names the candidate ${id}`);
  }
}
