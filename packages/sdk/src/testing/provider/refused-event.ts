import type { JsonValue } from '../../spec/json.ts';

const renamed: { readonly [type: string]: string } = {
  'response.output_text.delta': 'response.refusal.delta',
  'response.output_text.done': 'response.refusal.done',
};

/** An event of a response whose text is a refusal: text is written under other names then. */
export function refusedEvent(event: string): string {
  return event
    .replace(/^event: (.*)$/m, (_, type: string) => `event: ${renamed[type] ?? type}`)
    .replace(/^data: (\{.*)$/m, (_, json: string) => `data: ${JSON.stringify(refused(JSON.parse(json) as JsonValue))}`);
}

function refused(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(refused);
  const fields = value as { readonly [name: string]: JsonValue };
  const { type } = fields;
  if (type === 'output_text') return { type: 'refusal', refusal: fields['text'] ?? '' };
  if (type === 'response.output_text.delta' || type === 'response.output_text.done') {
    const { logprobs: _, text, ...rest } = fields;
    return { ...rest, type: renamed[type] ?? type, ...(text !== undefined && { refusal: text }) };
  }
  return Object.fromEntries(Object.entries(fields).map(([name, each]) => [name, refused(each)]));
}
