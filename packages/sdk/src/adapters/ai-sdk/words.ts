import { fieldsOf, textOf } from '../../wire/json-fields.ts';

/** The words of an error and of what caused it; of any other value, its message. */
export function wordsOf(error: unknown): string {
  const words: string[] = [];
  let each = error;
  // Chains of causes are short; the limit is for a chain that bites its tail.
  while (each instanceof Error && words.length < 8) {
    words.push(each.message);
    each = each.cause;
  }
  if (words.length > 0) return words.join(': ');
  return textOf(error) ?? textOf(fieldsOf(error)?.['message']) ?? 'an error without words';
}

/** Takes out of text what may be a key: query strings and passwords in addresses, tokens, keys by their usual beginnings. */
export function withoutKeys(text: string): string {
  return text
    .replaceAll(/(https?:\/\/)[^\s/@]+@/g, '$1[secret]@')
    .replaceAll(/(https?:\/\/[^\s?"'<>]+)\?[^\s"'<>]+/g, '$1?[secret]')
    .replaceAll(/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, '$1 [secret]')
    .replaceAll(/\b(?:(?:sk|pk|rk|gsk|xai|key)[-_]|AIza)[\w-]{16,}/g, '[secret]');
}
