// A judge that calls a model: bounded by the guards of the task, traced below it, charged, and out of money it abstains.
import type { CallContext } from './context.ts';
import type { Model } from './model.ts';
import type { Candidate, Charge } from './result.ts';
import type { Scorer, Verdict } from './scorer.ts';
import type { TraceKind } from './trace.ts';

declare function childContext(
  context: CallContext,
  options: { readonly kind: TraceKind; readonly label: string },
): CallContext;
declare function textOf(candidate: Candidate): string;
declare function isOutOfMoney(error: unknown): boolean;
declare function chargesOf(error: unknown): readonly Charge[];

/** Asks a model for a grade from 0 to 10. */
export function judgedBy(model: Model): Scorer {
  return {
    name: `judge ${model.modelId}`,
    score: async ({ request, candidates, context }) => {
      const own = childContext(context, { kind: 'score', label: 'judge' });
      const verdicts: Verdict[] = [];
      const charges: Charge[] = [];
      for (const candidate of candidates) {
        try {
          const graded = await model.generate({
            messages: [
              { role: 'system', content: 'Grade the answer from 0 to 10. Reply with the number.' },
              ...request.messages,
              { role: 'user', content: `The answer: ${textOf(candidate)}` },
            ],
            maxOutputTokens: 4,
            context: own,
            ...(request.signal !== undefined && { signal: request.signal }),
          });
          charges.push(...graded.charges);
          verdicts.push(verdictOf(candidate, graded.candidates[0]));
        } catch (error) {
          charges.push(...chargesOf(error));
          verdicts.push({ candidateId: candidate.id, status: isOutOfMoney(error) ? 'abstain' : 'error' });
        }
      }
      own.span.add({ values: { asked: candidates.length }, rule: 'grade of at least 7' });
      own.span.end('judged');
      return { verdicts, charges };
    },
  };
}

function verdictOf(judged: Candidate, reply: Candidate | undefined): Verdict {
  const grade = reply === undefined ? Number.NaN : Number.parseInt(textOf(reply), 10);
  if (Number.isNaN(grade)) return { candidateId: judged.id, status: 'abstain' };
  return { candidateId: judged.id, status: grade >= 7 ? 'accept' : 'reject', score: grade / 10, evidence: { grade } };
}
