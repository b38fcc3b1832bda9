import { flat } from '../leaf/flat.ts';

/** What a piece takes while it is one of its own: the branch of the tree that holds it, and itself. */
const bytesPerPiece = 56;

/**
 * A text that arrives piece by piece. Put together with `+=` alone it is a tree of its pieces, many times as large as the
 * text. Made one piece whenever the tree has grown to a quarter of it, it is little more than a quarter larger, at the cost of
 * copying some 200 bytes for each piece.
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
    if (this.#pieces * bytesPerPiece <= this.#text.length / 4 + 128) return;
    flat(this.#text);
    this.#pieces = 0;
  }
}
