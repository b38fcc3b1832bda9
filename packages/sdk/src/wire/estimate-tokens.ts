// Tokenizers of current models cover 3 to 4.5 bytes of prose and 2.5 to 3.5 of code with a token: 3 errs on the dear side.
const bytesPerToken = 3;

/** About how many tokens a text is: one for 3 bytes of UTF-8, rounded up. For what a provider did not count. */
export function estimateTokens(text: string): number {
  return Math.ceil(new TextEncoder().encode(text).length / bytesPerToken);
}
