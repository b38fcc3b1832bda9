import { type CallFailure, ModelCallError } from '../errors/model-call-error.ts';

/** What the caller asked for wrongly, or a filter that another model should not be used to get around. */
const staysHere: readonly CallFailure[] = ['bad-request', 'content-filter'];

/**
 * Whether another model may answer where one failed like this: what `withFallback` does unless it is told otherwise.
 *
 * | failure | another model? |
 * | --- | --- |
 * | `rate-limit`, `overloaded`, `server`, `network`, `timeout`, `engine`, `protocol` | yes |
 * | `auth`, `not-found`, `context-length` | yes: it has another key, another name, another window |
 * | `bad-request`, `content-filter` | no: mend the request; a filter is not to be got around by accident |
 * | refused by a budget, without a price, aborted, options or libraries missing | no: it is the caller's to mend |
 *
 * A failure of which nobody knows what the engine did (`dispatch: 'unknown'`, for example a timeout) falls back too. What it
 * may have cost is charged, at the bound where nothing better is known, so the cap holds; but an answer may be paid for
 * twice. To rule that out: `when: (error) => mayFallBack(error) && error.dispatch !== 'unknown'`.
 */
export function mayFallBack(error: unknown): error is ModelCallError {
  return ModelCallError.isInstance(error) && !error.contentDelivered && !staysHere.includes(error.failure);
}
