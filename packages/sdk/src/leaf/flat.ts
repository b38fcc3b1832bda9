// Written down, because an optimising compiler leaves out a look whose result nobody wants.
const seen = { lastUnit: 0 };

/**
 * The same text in one piece. Engines keep a text that was put together as a tree of its pieces, several times as large;
 * looking into it makes it one. For texts that stay, of which there are many.
 */
export function flat(text: string): string {
  seen.lastUnit = text.charCodeAt(text.length - 1);
  return text;
}
