import { TollgateError } from '../errors/tollgate-error.ts';
import type { RequestIdentity } from './request-key.ts';
import type { Tape } from './tape.ts';
import type { TapeEntry } from './tape-entry.ts';

/** The error of a request that was never recorded, with the nearest that was. */
export function missError(tape: Tape, name: string, identity: RequestIdentity): TollgateError {
  const entries = [...tape.entries.values()].filter((entry) => entry.model === name);
  return new TollgateError(
    'cassette-miss',
    `${tape.path} holds no answer of "${name}" to ${quote(identity.prompt.user)}. ${nearest(identity, entries)} Ask as it was recorded, or record this request too.`,
  );
}

/** The error of a request for more samples than there are left. */
export function exhaustedError(
  tape: Tape,
  entry: TapeEntry,
  facts: { readonly asked: number; readonly used: number },
): TollgateError {
  return new TollgateError(
    'exhausted',
    `${tape.path} holds ${entry.samples.length} samples of "${entry.model}" for ${quote(entry.prompt.user)}; ${facts.used} are used in this session and ${facts.asked} more were asked for. Ask for fewer, or record more.`,
  );
}

function nearest(identity: RequestIdentity, entries: readonly TapeEntry[]): string {
  const samePrompt = entries.filter(
    (entry) => entry.fields['messages'] === identity.fields['messages'] || entry.prompt.user === identity.prompt.user,
  );
  let best: readonly string[] | undefined;
  for (const entry of samePrompt) {
    const differences = differencesOf(identity, entry);
    if (best === undefined || differences.length < best.length) best = differences;
  }
  if (best !== undefined) return `The nearest recorded request of this prompt differs in ${best.join(' and ')}.`;
  return entries.length === 0
    ? 'Nothing of this model is recorded.'
    : `${entries.length} other requests of this model are recorded.`;
}

function differencesOf(identity: RequestIdentity, entry: TapeEntry): readonly string[] {
  const names = new Set([...Object.keys(entry.fields), ...Object.keys(identity.fields)]);
  return [...names]
    .filter((name) => entry.fields[name] !== identity.fields[name])
    .map((name) => describeDifference(name, entry.fields[name], identity.fields[name]));
}

function describeDifference(name: string, recorded: string | undefined, asked: string | undefined): string {
  if (recorded?.startsWith('#') === true && asked?.startsWith('#') === true) return name;
  return `${name} (recorded: ${show(recorded)}, asked: ${show(asked)})`;
}

function show(value: string | undefined): string {
  if (value === undefined) return 'absent';
  return value.startsWith('#') ? 'a longer value' : value;
}

function quote(prompt: string | undefined): string {
  return prompt === undefined ? 'a prompt without a user message' : JSON.stringify(prompt);
}
