/**
 * The same text in one piece. Engines keep a text that was put together as a tree of its pieces, several times as large;
 * looking into it makes it one. For texts that stay, of which there are many.
 */
export function flat(text: string): string {
  text.charCodeAt(text.length - 1);
  return text;
}
