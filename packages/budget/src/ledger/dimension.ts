/** What a limit counts: dollars, tokens in and out, attempts on the wire, turns of an agent, seconds of calls in flight. */
export type Dimension = 'usd' | 'tokens' | 'calls' | 'turns' | 'seconds';

/** Whole units of every dimension: nano-dollars, tokens, calls, turns, and **milliseconds** under `seconds`. */
export type Amounts = { readonly [dimension in Dimension]: bigint };

export const dimensions: readonly Dimension[] = ['usd', 'tokens', 'calls', 'turns', 'seconds'];

export const noAmounts: Amounts = { usd: 0n, tokens: 0n, calls: 0n, turns: 0n, seconds: 0n };

/** Amounts made dimension by dimension. */
export function amountsBy(amount: (dimension: Dimension) => bigint): Amounts {
  return {
    usd: amount('usd'),
    tokens: amount('tokens'),
    calls: amount('calls'),
    turns: amount('turns'),
    seconds: amount('seconds'),
  };
}

/** The amount of one dimension: what `amounts[dimension]` is, found sooner where dimensions take turns. */
export function amountIn(amounts: Amounts, dimension: Dimension): bigint {
  switch (dimension) {
    case 'usd':
      return amounts.usd;
    case 'tokens':
      return amounts.tokens;
    case 'calls':
      return amounts.calls;
    case 'turns':
      return amounts.turns;
    case 'seconds':
      return amounts.seconds;
    default:
      return dimension satisfies never;
  }
}

/** Whether nothing of some amounts is more than in others. */
export function isWithin(amounts: Amounts, most: Amounts): boolean {
  return (
    amounts.usd <= most.usd &&
    amounts.tokens <= most.tokens &&
    amounts.calls <= most.calls &&
    amounts.turns <= most.turns &&
    amounts.seconds <= most.seconds
  );
}
