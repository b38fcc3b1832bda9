import type { ToolFormat } from './tool-formats.ts';

const objectHead =
  /^\s*(?:```(?:json)?\s*)?(?:\[\s*)?\{\s*"name"\s*:\s*"([^"\\]*)"\s*,\s*"(?:arguments|parameters)"\s*:\s*(?=\{)/;
const namedHead = /^\s*([^\s[]+)(?:\[CALL_ID\][^[]*)?\[ARGS\]\s*(?=\{)/;

/** The arguments of a call while it is being written. */
export class CallArguments {
  readonly #head: RegExp | undefined;
  #toolName: string | undefined;
  #at = 0;
  #depth = 0;
  #isString = false;
  #isEscaped = false;
  #isWhole = false;

  constructor({ body }: ToolFormat) {
    this.#head = body === 'tags' ? undefined : body === 'named' ? namedHead : objectHead;
  }

  /** What has come to the arguments since the last time; `body` is all that was written of the call. */
  read(body: string): { readonly toolName: string; readonly text: string } | undefined {
    if (this.#isWhole || this.#head === undefined) return undefined;
    if (this.#toolName === undefined) {
      const head = this.#head.exec(body);
      if (head === null) return undefined;
      this.#toolName = head[1] ?? '';
      this.#at = head[0].length;
    }
    const from = this.#at;
    while (this.#at < body.length && !this.#isWhole) {
      this.#see(body[this.#at] ?? '');
      this.#at += 1;
    }
    return this.#at === from ? undefined : { toolName: this.#toolName, text: body.slice(from, this.#at) };
  }

  #see(character: string): void {
    if (this.#isString) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (character === '\\') this.#isEscaped = true;
      else if (character === '"') this.#isString = false;
    } else if (character === '"') this.#isString = true;
    else if (character === '{' || character === '[') this.#depth += 1;
    else if (character === '}' || character === ']') {
      this.#depth -= 1;
      this.#isWhole = this.#depth === 0;
    }
  }
}
