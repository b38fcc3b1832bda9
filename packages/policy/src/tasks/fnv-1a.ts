// Source: Fowler, Noll and Vo, FNV-1a with 64 bits. Rule: for every byte, hash = (hash xor byte) × prime mod 2^64.
// The prime is 2^40 + 0x1b3, and each half times 0x1b3 stays far below 2^53, so plain numbers are exact.

const primeLow = 0x1b3;
const twoTo32 = 2 ** 32;

/** The FNV-1a hash of the UTF-8 bytes of `text`: 16 hexadecimal digits. Tells contents apart; no defence against forgery. */
export function fnv1a(text: string): string {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (const byte of new TextEncoder().encode(text)) {
    const mixed = (low ^ byte) >>> 0;
    const product = mixed * primeLow;
    high = (high * primeLow + Math.floor(product / twoTo32) + mixed * 2 ** 8) % twoTo32;
    low = product % twoTo32;
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}
