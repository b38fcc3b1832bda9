/** A piece of a program's text, as far as comments, strings and lines matter. The pieces joined are the text. */
export interface SourceToken {
  readonly kind: 'code' | 'string' | 'comment' | 'newline';
  readonly text: string;
}
