// Shorter values occur in ordinary text, and nobody's key is that short.
const shortestSecret = 8;

/** Makes a function that takes given secrets out of text. */
export function withoutSecrets(secrets: readonly string[]): (text: string) => string {
  // Longest first: one secret may be the beginning of another.
  const found = secrets.filter((secret) => secret.length >= shortestSecret).sort((a, b) => b.length - a.length);
  return (text) => found.reduce((clean, secret) => clean.replaceAll(secret, '[secret]'), text);
}
