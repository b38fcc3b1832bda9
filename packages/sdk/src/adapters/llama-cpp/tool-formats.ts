/** How a family of models writes its calls of tools. */
export interface ToolFormat {
  readonly name: string;
  /** Where a chat template has this, its model was trained on this format. The first format that matches is taken. */
  readonly mentioned: RegExp;
  /** Begins a call. `''`: a call is the whole answer, and begins with `{`. */
  readonly open: string;
  /** Ends a call. `''`: the next call or the end of the answer does. */
  readonly close: string;
  /**
   * What is between them: an object with name and arguments; a list of those; the name, a marker and the arguments; or a
   * tag for the function and one for each parameter.
   */
  readonly body: 'object' | 'list' | 'named' | 'tags';
  /** The key that the arguments have. Both are read. */
  readonly argumentsKey: 'arguments' | 'parameters';
  /** Characters the model puts after `open` and before `close`, and between two calls. */
  readonly space: string;
}

/** Between the name and the arguments of a `named` call. */
export const argumentsMarker = '[ARGS]';

/** What a template without any marker of its own is read by: the answer is one or more objects, and nothing else. */
export const bareCalls: ToolFormat = {
  name: 'bare',
  mentioned: /(?:)/,
  open: '',
  close: '',
  body: 'object',
  argumentsKey: 'arguments',
  space: '',
};

/** The formats that are known, the more specific ones first. Sources: the chat templates of the models named. */
export const toolFormats: readonly ToolFormat[] = [
  // Qwen3-Coder
  {
    name: 'function tags',
    mentioned: /<function=/,
    open: '<tool_call>',
    close: '</tool_call>',
    body: 'tags',
    argumentsKey: 'arguments',
    space: '\n',
  },
  // Hermes, Qwen2.5, Qwen3
  {
    name: 'hermes',
    mentioned: /<tool_call>/,
    open: '<tool_call>',
    close: '</tool_call>',
    body: 'object',
    argumentsKey: 'arguments',
    space: '\n',
  },
  // Mistral from tokenizer version 11 on
  {
    name: 'mistral, named',
    mentioned: /\[ARGS\]/,
    open: '[TOOL_CALLS]',
    close: '',
    body: 'named',
    argumentsKey: 'arguments',
    space: '',
  },
  // Mistral, Mixtral, Nemo
  {
    name: 'mistral',
    mentioned: /\[TOOL_CALLS\]/,
    open: '[TOOL_CALLS]',
    close: '',
    body: 'list',
    argumentsKey: 'arguments',
    space: '',
  },
  // Phi-4-mini
  {
    name: 'phi',
    mentioned: /<\|\/tool_call\|>/,
    open: '<|tool_call|>',
    close: '<|/tool_call|>',
    body: 'list',
    argumentsKey: 'arguments',
    space: '',
  },
  // Granite 3
  {
    name: 'granite',
    mentioned: /<\|tool_call\|>/,
    open: '<|tool_call|>',
    close: '',
    body: 'list',
    argumentsKey: 'arguments',
    space: '',
  },
  // Llama 3.1 and later
  {
    name: 'llama 3',
    mentioned: /<\|python_tag\|>|"parameters"/,
    open: '',
    close: '',
    body: 'object',
    argumentsKey: 'parameters',
    space: '',
  },
  bareCalls,
];

/** May come before the objects of a bare call. */
export const pythonTag = '<|python_tag|>';

/** The format of a chat template. */
export function toolFormatOf(template: string): ToolFormat {
  return toolFormats.find(({ mentioned }) => mentioned.test(template)) ?? bareCalls;
}
