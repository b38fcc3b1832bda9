import { createRandom } from '@tollgate/stats';
import type { LeafCall } from '../leaf/leaf-call.ts';
import type { RandomSource } from '../spec/context.ts';

/** A source of chance for each sample: from the request's seed where it has one, else from the context. */
export function sampleRandoms({ request, context, firstSample }: LeafCall): (index: number) => RandomSource {
  const base = request.seed === undefined ? context.random : createRandom(request.seed);
  return (index) => base.fork(`sample ${firstSample + index}`);
}
