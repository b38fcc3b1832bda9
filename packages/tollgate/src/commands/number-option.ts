import { InvalidArgumentError } from 'commander';

/** Reads a US dollar amount of at least one nano-dollar, the smallest that is counted. */
export function dollars(text: string): number {
  const usd = Number(text.replace(/^\$/, ''));
  if (text.trim() !== '' && Number.isFinite(usd) && usd >= 1e-9) return usd;
  throw new InvalidArgumentError(`Expected US dollars above 0, for example 0.50; received "${text}".`);
}

/** Reads a share in (0, 1]. */
export function fraction(text: string): number {
  const share = Number(text);
  if (text.trim() !== '' && share > 0 && share <= 1) return share;
  const meant = share > 1 && share <= 100 ? ` Did you mean ${share / 100}?` : '';
  throw new InvalidArgumentError(`Expected a share in (0, 1], for example 0.95; received "${text}".${meant}`);
}

/** Reads a whole number of at least `lowest`. */
export function wholeNumber(lowest: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(number) && number >= lowest) return number;
    throw new InvalidArgumentError(`Expected a whole number of ${lowest} or more; received "${text}".`);
  };
}

/** Reads a range of whole numbers, `1..5` or `3`. */
export function wholeRange(text: string): readonly [number, number] {
  const match = /^(-?\d+)(?:\.\.(-?\d+))?$/.exec(text.trim());
  if (match === null) throw new InvalidArgumentError(`Expected a range such as 1..5; received "${text}".`);
  const low = Number(match[1]);
  return [low, match[2] === undefined ? low : Number(match[2])];
}

/** Collects an option that may be given several times. */
export function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}
