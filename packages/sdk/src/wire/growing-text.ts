import { flat } from '../leaf/flat.ts';

/**
 * A text that arrives piece by piece. Put together with `+=` alone it is a tree of its pieces, many times as large as the
 * text; made one piece now and then it is at most as large again, at a cost that stays in proportion to its length.
 */
export class GrowingText {
  #text = '';
  #pieces = 0;

  get whole(): string {
    return this.#text;
  }

  add(piece: string): void {
    this.#text += piece;
    this.#pieces += 1;
    // A piece of the tree takes 32 bytes.
    if (this.#pieces * 32 <= this.#text.length + 256) return;
    flat(this.#text);
    this.#pieces = 0;
  }
}
