import { InvalidFileError } from '../tasks/invalid-file-error.ts';

/** A JSON object of a log. */
export type LogRecord = { readonly [field: string]: unknown };

/** The value as an object; an empty one where it is none. */
export function recordOf(value: unknown): LogRecord {
  return isRecord(value) ? value : {};
}

export function isRecord(value: unknown): value is LogRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as text that is not empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A text that is not empty, a number or a truth value, as text. */
export function plainText(value: unknown): string | undefined {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : textOf(value);
}

/** The value as a finite number of at least 0. */
export function amountOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** The value as a count of at least 0. */
export function countOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}

/** Fields of an object that are not undefined. */
export function present<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** The text of a chat: what a message says, or all of them, one below the other. */
export function chatText(value: unknown): string | undefined {
  if (typeof value === 'string') return textOf(value);
  if (Array.isArray(value)) {
    const texts = value.flatMap((part) => chatText(part) ?? []);
    return texts.length === 0 ? undefined : texts.join('\n');
  }
  if (!isRecord(value)) return undefined;
  return chatText(value['content'] ?? value['text']);
}

/** @throws InvalidFileError for text that is not JSON. */
export function parseJson(text: string, source: string, advice?: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidFileError(source, [{ message: `it is not JSON: ${why}` }], advice);
  }
}

/** @throws InvalidFileError naming the lines that are not JSON objects. */
export function parseJsonLines(text: string, source: string): readonly LogRecord[] {
  const problems: { readonly line: number; readonly message: string }[] = [];
  const records = text.split('\n').flatMap((content, index) => {
    if (content.trim() === '') return [];
    try {
      const value: unknown = JSON.parse(index === 0 ? content.replace(/^\uFEFF/, '') : content);
      if (isRecord(value)) return [value];
      problems.push({ line: index + 1, message: 'the line is not an object.' });
    } catch (error) {
      problems.push({
        line: index + 1,
        message: `not JSON: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
    return [];
  });
  if (problems.length > 0) throw new InvalidFileError(source, problems);
  return records;
}
