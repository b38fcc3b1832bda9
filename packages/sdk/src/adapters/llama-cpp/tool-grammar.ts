import type { JsonObject } from '../../spec/json.ts';
import { type GrammarRules, literal } from './grammar-rules.ts';
import { SchemaGrammar } from './schema-grammar.ts';
import { argumentsMarker, type ToolFormat } from './tool-formats.ts';

/** A tool whose call a grammar is to write. */
export interface GrammarTool {
  readonly name: string;
  readonly schema: JsonObject;
}

/**
 * The rule of an answer that is nothing but calls of these tools, at least one, in the model's own format. Gives what the
 * grammar does not hold the arguments to as well.
 */
export function toolCallsRule(
  rules: GrammarRules,
  format: ToolFormat,
  { tools, several }: { readonly tools: readonly GrammarTool[]; readonly several: boolean },
): { readonly rule: string; readonly left: readonly string[] } {
  const left: string[] = [];
  const oneOf = tools.map((tool) => {
    const option = `tools.${tool.name}.input`;
    const schema = new SchemaGrammar(rules, tool.schema, option);
    const body = format.body === 'tags' ? taggedCall(tool) : jsonCall(format, tool.name, schema.rule());
    left.push(...schema.left.map((path) => `${option}${path}`));
    return rules.add(body);
  });
  const call = rules.add(oneOf.join(' | '));
  const { open, close, space } = format;
  const opened = open === '' ? '' : `${literal(open + space)} `;
  const closed = close === '' ? '' : ` ${literal(space + close)}`;
  if (format.body === 'list') {
    const list = several ? `${call} (space "," space ${call})*` : call;
    return { rule: rules.add(`${opened}"[" space ${list} space "]"${closed}`), left };
  }
  const single = rules.add(`${opened}${call}${closed}`);
  // Without a marker nothing tells where the next call would begin.
  const between = space === '' ? '' : `${literal(space)} `;
  return { rule: several && open !== '' ? rules.add(`${single} (${between}${single})*`) : single, left };
}

function jsonCall({ body, argumentsKey }: ToolFormat, name: string, schema: string): string {
  if (body === 'named') return `${literal(name + argumentsMarker)} ${schema}`;
  return `${literal(`{"name": ${JSON.stringify(name)}, "${argumentsKey}": `)} ${schema} "}"`;
}

/** Values of parameters are plain text here, so their schema cannot be kept. */
function taggedCall({ name, schema }: GrammarTool): string {
  const { properties, required } = schema;
  const names = typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
  const parameters = names.map((parameter) => {
    const rule = `${literal(`<parameter=${parameter}>\n`)} [^<]* ${literal('</parameter>\n')}`;
    return Array.isArray(required) && required.includes(parameter) ? rule : `(${rule})?`;
  });
  return `${literal(`<function=${name}>\n`)} ${parameters.join(' ')} "</function>"`;
}
