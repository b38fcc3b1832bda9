import type * as Jinja from '@huggingface/jinja';
import type { ChatWrapper, LlamaModel, Token } from 'node-llama-cpp';
import { MissingLibraryError } from '../../errors/missing-library-error.ts';
import { type ReasoningFormat, reasoningFormatOf } from './reasoning-formats.ts';
import { SpecialText } from './special-text.ts';
import { type ToolFormat, toolFormatOf } from './tool-formats.ts';

/** How one talks with a model: what its GGUF says about it. */
export interface Chat {
  /** The GGUF's own chat template; undefined where it has none that can be read, and `wrapper` writes the prompt. */
  readonly template: Jinja.Template | undefined;
  readonly wrapper: ChatWrapper;
  /** How the model calls tools; undefined where its template does not show it any. */
  readonly tools: ToolFormat | undefined;
  readonly reasoning: ReasoningFormat | undefined;
  /** Arguments of calls in a conversation go into the template as text, not as an object. */
  readonly argumentsAsText: boolean;
  readonly special: SpecialText;
  /** Tokens that end an answer, beside the model's own end tokens. */
  readonly endTokens: ReadonlySet<Token>;
}

const probeTool = 'probe_of_tools';
const probeAnswer = 'probe of the end';

/**
 * Reads the chat template of a GGUF: the model's own one, with tools, as its makers trained it, and not a wrapper that
 * knows the family and writes tools in a way of its own.
 *
 * @throws MissingLibraryError without @huggingface/jinja, which node-llama-cpp brings along.
 */
export async function readChat(model: LlamaModel, wrapper: ChatWrapper): Promise<Chat> {
  const source = model.fileInfo.metadata.tokenizer.chat_template ?? '';
  const template = source === '' ? undefined : await parse(source);
  const special = new SpecialText(model);
  const reasoning = template === undefined ? undefined : reasoningFormatOf(source);
  return {
    template,
    wrapper,
    special,
    reasoning,
    tools: template !== undefined && showsTools(template) ? toolFormatOf(source) : undefined,
    argumentsAsText: !/arguments['"]?\]?\s*(?:\|\s*(?:tojson|items)|\.items|is\s+(?:not\s+)?(?:string|mapping))/.test(
      source,
    ),
    endTokens: template === undefined ? new Set() : endTokensOf(template, special, reasoning),
  };
}

async function parse(source: string): Promise<Jinja.Template | undefined> {
  let jinja: typeof Jinja;
  try {
    jinja = await import('@huggingface/jinja');
  } catch (error) {
    throw new MissingLibraryError('@huggingface/jinja', 'The chat template of a GGUF', { cause: error });
  }
  try {
    return new jinja.Template(source);
  } catch {
    return undefined;
  }
}

/** A template shows tools if the name of one gets into the prompt. */
function showsTools(template: Jinja.Template): boolean {
  const parameters = { type: 'object', properties: {} };
  const tools = [{ type: 'function', function: { name: probeTool, description: 'A tool.', parameters } }];
  return (tryRender(template, { tools, add_generation_prompt: true }) ?? '').includes(probeTool);
}

/** The first special token after the answer of a turn ends that turn. */
function endTokensOf(
  template: Jinja.Template,
  special: SpecialText,
  reasoning: ReasoningFormat | undefined,
): ReadonlySet<Token> {
  const turn = tryRender(template, { answer: probeAnswer, add_generation_prompt: false }) ?? '';
  const at = turn.lastIndexOf(probeAnswer);
  const [end] = at < 0 ? [] : special.tokensIn(turn.slice(at + probeAnswer.length));
  if (end === undefined) return new Set();
  // What may also stand between a thought and its answer is not the end of both.
  const within = reasoning === undefined ? [] : special.tokensIn(reasoning.close);
  return new Set(within.includes(end) ? [] : [end]);
}

function tryRender(
  template: Jinja.Template,
  { answer, ...values }: { readonly answer?: string; readonly [name: string]: unknown },
): string | undefined {
  const messages = [
    { role: 'user', content: 'Hello' },
    ...(answer === undefined ? [] : [{ role: 'assistant', content: answer }]),
  ];
  try {
    return template.render({ tools: null, bos_token: '', eos_token: '', ...values, messages });
  } catch {
    return undefined;
  }
}
