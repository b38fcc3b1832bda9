import { type Candidate, textOf } from '@tollgate/sdk';

/** Lowest and highest grade. */
export type Scale = readonly [lowest: number, highest: number];

/**
 * The grade that a reply gives: of an object its `grade`, else what follows the last line that begins with "Grade:", else the
 * whole reply where it is a number. Undefined for a reply that was cut, and for a grade that is not on the scale.
 */
export function readGrade(reply: Candidate, [lowest, highest]: Scale): number | undefined {
  if (reply.finish.unified !== 'stop') return undefined;
  const grade = writtenGrade(reply);
  return grade !== undefined && grade >= lowest && grade <= highest ? grade : undefined;
}

function writtenGrade(reply: Candidate): number | undefined {
  const { object } = reply;
  if (typeof object === 'object' && object !== null && !Array.isArray(object)) {
    const { grade } = object as { readonly grade?: unknown };
    return typeof grade === 'number' ? grade : undefined;
  }
  const text = textOf(reply);
  const last = [...text.matchAll(/^[\s*_#>"]*grade[\s*_"]*:(.*)$/gim)].at(-1)?.[1] ?? text;
  const number = /^[\s*_"]*(-?\d+(?:\.\d+)?)(?:\s*\/\s*\d+)?[\s*_".]*$/.exec(last)?.[1];
  return number === undefined ? undefined : Number(number);
}
