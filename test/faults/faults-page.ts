import type { UsageKnown } from '@tollgate/sdk';
import type { Fault, Outcome } from './fault-table.ts';

const chargedWords: Readonly<Record<UsageKnown, string>> = {
  exact: 'what the provider reported',
  estimated: 'what the provider had reported and an estimate of the text that came',
  'upper-bound': 'the whole hold',
};

/** The guide on faults, written from the rows that the tests run. */
export function faultsPage(faults: readonly Fault[]): string {
  return `# When a hosted call goes wrong

What a call to a hosted model comes to under each fault: the same for OpenAI (Responses and Chat Completions), Anthropic and
every OpenAI-compatible server. Each row is run against each of them on real sockets (\`test/faults\`); this page is written from the rows.

Errors are \`ModelCallError\` with a \`failure\` and a \`dispatch\`, which says how far the attempt got: \`not-sent\` and \`refused\` are free,
and after \`unknown\` nobody can tell what the provider will bill. What had arrived is in \`partial\`. "Tried again" is what \`withRetry\`
does, which is on by default; it never sends again what may have been billed (\`retryUnknown: true\` lets it), nor after content was delivered.

Where a model may have reasoned out of sight (OpenAI's at an effort above \`none\`), no estimate bounds what it did: the whole hold
is charged in its place.

${table(faults)}
`;
}

function table(faults: readonly Fault[]): string {
  const head = ['Fault', 'What happens', 'What is charged', 'What is raised', 'Tried again'];
  const rows = faults.map(({ name, happens, outcome }) => [
    name,
    happens,
    charged(outcome),
    raised(outcome),
    again(outcome),
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

function charged(outcome: Outcome): string {
  if ('answer' in outcome) return chargedWords.exact;
  return outcome.charged === undefined ? 'nothing' : chargedWords[outcome.charged];
}

function raised(outcome: Outcome): string {
  if ('answer' in outcome) return 'nothing: the answer is whole';
  const facts = [outcome.failure, outcome.dispatch].filter((fact) => fact !== undefined).map((fact) => `\`${fact}\``);
  const words = facts.length === 0 ? `\`${outcome.error}\`` : `\`${outcome.error}\`: ${facts.join(', ')}`;
  const partial = outcome.partial === undefined ? '' : ', with the partial answer';
  return words + partial + (outcome.retryAfterMs === undefined ? '' : ', with `retryAfterMs`');
}

function again(outcome: Outcome): string {
  if ('answer' in outcome) return '';
  return outcome.retried ? 'yes' : 'no';
}
