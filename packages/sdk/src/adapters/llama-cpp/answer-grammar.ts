import type { GenerateRequest, Tool } from '../../spec/request.ts';
import type { Warn } from '../../wire/collect-warnings.ts';
import { schemaJson } from '../../wire/schema-json.ts';
import type { Chat } from './chat.ts';
import { GrammarRules } from './grammar-rules.ts';
import { SchemaGrammar } from './schema-grammar.ts';
import { toolCallsRule } from './tool-grammar.ts';

/**
 * The grammar of an answer: calls of tools where one is forced, else the output schema; both where tools may be called
 * first. Undefined where the answer is free.
 */
export function answerGrammar(
  { tools: format, reasoning }: Chat,
  how: { readonly request: GenerateRequest; readonly tools: readonly Tool[]; readonly warn: Warn },
): string | undefined {
  const { request, tools, warn } = how;
  const { output, toolChoice } = request;
  const isForced = toolChoice === 'required' || typeof toolChoice === 'object';
  const rules = new GrammarRules();
  const roots: string[] = [];
  if (format !== undefined && tools.length > 0 && (isForced || output !== undefined)) {
    const named = typeof toolChoice === 'object' ? tools.filter(({ name }) => name === toolChoice.tool) : tools;
    const { rule, left } = toolCallsRule(rules, format, {
      tools: named.map(({ name, input }) => ({ name, schema: schemaJson(input, `tools.${name}.input`) })),
      several: typeof toolChoice !== 'object',
    });
    roots.push(rule);
    if (left.length > 0) warn('tools', `Arguments are not held to ${left.join(', ')} while they are written.`);
  }
  if (output !== undefined && !(isForced && roots.length > 0)) {
    const schema = new SchemaGrammar(rules, schemaJson(output, 'output'), 'output');
    roots.push(schema.rule());
    if (schema.left.length > 0) {
      warn(
        'output',
        `The answer is not held to ${schema.left.join(', ')} while it is written, only checked afterwards.`,
      );
    }
  }
  if (roots.length === 0) return undefined;
  const root = roots.join(' | ');
  // After a thought comes an empty line.
  return rules.text(reasoning === undefined ? root : `[\\n ]{0,4} (${root})`);
}
