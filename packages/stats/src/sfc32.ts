// Source: sfc32 ("small fast counting"), Chris Doty-Humphrey, PractRand 0.94. Rule: three mixing words and a counter;
// the counter guarantees a period of at least 2^32 from any state, so no seed is bad.
// Differs: `absorb` also runs the same round as a hash, so that one primitive covers seeding, forks and drawing.

// Rounds after which a changed input bit has reached every output bit; PractRand seeds this size with 12.
const SETTLING_ROUNDS = 16;
// Marks the end of the text. Without it "a" followed by a zero character would be the stream of "a", one draw later.
const END_OF_TEXT = 0x9e3779b9;

/** Advances the four words in place and returns 32 fresh bits, as a signed integer. */
export function advance(words: Int32Array): number {
  // The four reads are in range by construction; a checked read would cost a third of the speed.
  const a = words[0] as number;
  const b = words[1] as number;
  const c = words[2] as number;
  const counter = words[3] as number;
  const output = (a + b + counter) | 0;
  words[0] = b ^ (b >>> 9);
  words[1] = (c + (c << 3)) | 0;
  words[2] = (((c << 21) | (c >>> 11)) + output) | 0;
  words[3] = (counter + 1) | 0;
  return output;
}

/** Mixes `text` into a copy of `key` and returns the copy. Not for secrets: it resists chance, not an attacker. */
export function absorb(key: Int32Array, text: string): Int32Array {
  const words = Int32Array.from(key);
  for (let i = 0; i < text.length; i += 1) {
    words[0] = (words[0] ?? 0) ^ text.charCodeAt(i);
    advance(words);
  }
  words[0] = (words[0] ?? 0) ^ END_OF_TEXT;
  for (let round = 0; round < SETTLING_ROUNDS; round += 1) advance(words);
  return words;
}
