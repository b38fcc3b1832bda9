import type * as Jinja from '@huggingface/jinja';
import type { Message } from '../../spec/content.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import { schemaJson } from '../../wire/schema-json.ts';
import type { ModelFolder } from './model-folder.ts';
import type { TextTokenizer } from './text-tokenizer.ts';

/** Writes the messages of a request as a model was trained to read them. */
export interface PromptTemplate {
  /** Tokens up to where the answer begins. A last message of the assistant is left open: generation goes on from there. */
  render(request: GenerateRequest): readonly number[];
  /** The template shows the model its tools. */
  readonly showsTools: boolean;
  /** The model has no chat template; messages are written one after the other. */
  readonly isAssumed: boolean;
}

const assumedTemplate = '{% for message in messages %}{{ message.content }}\n{% endfor %}';

/** The chat template of a model folder. */
export function promptTemplate(
  { Template }: typeof Jinja,
  { chatTemplate, tokenizerConfig }: Pick<ModelFolder, 'chatTemplate' | 'tokenizerConfig'>,
  tokenizer: TextTokenizer,
): PromptTemplate {
  const source = chatTemplate ?? assumedTemplate;
  const template = new Template(source);
  const showsTools = /\btools\b/.test(source);
  const specials = {
    bos_token: specialOf(tokenizerConfig['bos_token']),
    eos_token: specialOf(tokenizerConfig['eos_token']),
  };
  return {
    showsTools,
    isAssumed: chatTemplate === undefined,
    render: (request) => {
      const last = request.messages.at(-1);
      const open = last?.role === 'assistant' ? tokenizer.guard(textOfMessage(last)) : undefined;
      const messages = open === undefined ? request.messages : request.messages.slice(0, -1);
      const text = template.render({
        ...specials,
        messages: tokenizer.guard(messages.flatMap(templateMessages)),
        add_generation_prompt: true,
        ...(showsTools &&
          request.tools !== undefined &&
          request.tools.length > 0 && { tools: tokenizer.guard(templateTools(request)) }),
      });
      return tokenizer.encodeTemplate(text + (open ?? ''));
    },
  };
}

function templateTools({ tools = [] }: GenerateRequest): readonly unknown[] {
  return tools.map(({ name, description, input }) => ({
    type: 'function',
    function: { name, description: description ?? '', parameters: schemaJson(input, `tools.${name}`) },
  }));
}

function templateMessages(message: Message): readonly Record<string, unknown>[] {
  if (message.role === 'tool') {
    return message.content.map(({ toolName, toolCallId, output, isError }) => ({
      role: 'tool',
      name: toolName,
      tool_call_id: toolCallId,
      content: `${isError === true ? 'Error: ' : ''}${typeof output === 'string' ? output : JSON.stringify(output)}`,
    }));
  }
  const content = textOfMessage(message);
  const parts = message.role === 'assistant' && typeof message.content !== 'string' ? message.content : [];
  const calls = parts.filter((part) => part.type === 'tool-call');
  if (calls.length === 0) return [{ role: message.role, content }];
  return [
    {
      role: message.role,
      content,
      tool_calls: calls.map((call) => ({
        id: call.toolCallId,
        type: 'function',
        function: { name: call.toolName, arguments: call.input },
      })),
    },
  ];
}

function textOfMessage({ content }: Message): string {
  if (typeof content === 'string') return content;
  let text = '';
  for (const part of content) if (part.type === 'text') text += part.text;
  return text;
}

/** A special token is written as a text, or as an object that holds it. */
function specialOf(token: unknown): string {
  if (typeof token === 'string') return token;
  const content = (token as { readonly content?: unknown } | null | undefined)?.content;
  return typeof content === 'string' ? content : '';
}
