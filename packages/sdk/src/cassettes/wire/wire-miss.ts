import { TollgateError } from '../../errors/tollgate-error.ts';
import { canonicalJson } from '../../wire/canonical-json.ts';
import { wireKey } from './wire-request.ts';
import type { WireLine } from './wire-line.ts';

type Asked = WireLine['request'];

/** The error of a request that a wire cassette has no (further) answer for, with the nearest one that it has. */
export function wireMiss(file: string, asked: Asked, recorded: readonly WireLine[]): TollgateError {
  const what = `${asked.method} ${asked.url}`;
  const same = recorded.filter(({ request }) => wireKey(request) === wireKey(asked)).length;
  if (same > 0) {
    return new TollgateError(
      'exhausted',
      `${file} holds ${same} answers to this request (${what}), and it was asked once more. Record it as often as it is asked.`,
    );
  }
  const [nearest] = recorded
    .map(({ request }) => ({ request, differences: differencesOf(request, asked) }))
    .sort((a, b) => a.differences.length - b.differences.length);
  const hint =
    nearest === undefined
      ? 'Nothing is recorded in it.'
      : `The nearest recorded request is ${nearest.request.method} ${nearest.request.url}, which differs in ${nearest.differences.join(' and ')}.`;
  return new TollgateError(
    'cassette-miss',
    `${file} holds no answer to ${what}. ${hint} Ask as it was recorded, or record this request too.`,
  );
}

function differencesOf(recorded: Asked, asked: Asked): readonly string[] {
  const one = flat(recorded);
  const other = flat(asked);
  return [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .filter((name) => canonicalJson(one[name]) !== canonicalJson(other[name]))
    .map((name) => `${name} (recorded: ${show(one[name])}, asked: ${show(other[name])})`);
}

function flat({ method, url, body }: Asked): { readonly [name: string]: unknown } {
  const fields = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : { body };
  return { method, url, ...fields };
}

function show(value: unknown): string {
  if (value === undefined) return 'absent';
  const text = canonicalJson(value);
  return text.length <= 120 ? text : `${text.slice(0, 50)}…${text.slice(-70)}`;
}
