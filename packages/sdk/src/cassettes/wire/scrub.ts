/** Headers that hold secrets, name an account, or hold nothing of use to a recording. */
const secretHeader = /authorization|api-?key|cookie|secret|session|organi[sz]ation|project|account|(?:^|-)token$/i;
const noise =
  /^(?:x-stainless-.*|user-agent|host|connection|keep-alive|content-length|content-encoding|transfer-encoding|accept-encoding|accept-language|sec-fetch-mode|date|server|via|alt-svc|cf-.*|strict-transport-security|x-content-type-options)$/i;
const secretParameter = /key|token|secret|signature|password|credential|^sig$|^code$/i;

// What keys and account names of the usual services look like, wherever they stand.
const knownShapes = [
  /\bsk-[\w-]{8,}/g,
  /\bAIza[\w-]{30,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bgh[pousr]_\w{30,}/g,
  /\bhf_\w{20,}/g,
  /\bxox[abp]-[\w-]{10,}/g,
  /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+/g,
  /\borg-[A-Za-z0-9]{8,}/g,
  /\bproj_[A-Za-z0-9]{8,}/g,
];

/** Takes secrets out of everything of one exchange before it is written down. */
export interface Scrubber {
  /** Headers that are safe to keep, in lower case. */
  headers(headers: Headers): { readonly [name: string]: string };
  url(url: string): string;
  /** The same text for every secret, so that a request is found again under another key. */
  text(text: string): string;
  /** Bytes with stars in place of secrets. Their number stays, and so does every place in them. */
  bytes(bytes: Buffer): Buffer;
}

const mask = '***';

/**
 * Makes a scrubber that knows the secrets of this exchange: the values of its secret headers and parameters, those that are
 * given, and whatever looks like a key.
 */
export function scrubberFor(
  request: { readonly headers: Headers; readonly url: string },
  given: readonly string[],
): Scrubber {
  const forms = formsOf([...secretsOf(request), ...given]);
  const latinForms = forms.map((form) => Buffer.from(form).toString('latin1'));
  const text = (whole: string): string => cleaned(whole, forms, () => mask);
  return {
    text,
    bytes: (bytes) =>
      Buffer.from(
        cleaned(bytes.toString('latin1'), latinForms, (found) => '*'.repeat(found.length)),
        'latin1',
      ),
    url: (url) => {
      const parsed = new URL(url);
      // However short it is: the name says that it is a secret.
      for (const name of new Set(parsed.searchParams.keys())) {
        if (secretParameter.test(name)) parsed.searchParams.set(name, mask);
      }
      return text(parsed.href);
    },
    headers: (headers) =>
      Object.fromEntries(
        [...headers]
          .filter(([name]) => !secretHeader.test(name) && !noise.test(name))
          .map(([name, value]) => [name.toLowerCase(), text(value)]),
      ),
  };
}

function secretsOf({ headers, url }: { readonly headers: Headers; readonly url: string }): readonly string[] {
  const ofHeaders = [...headers].flatMap(([name, value]) => {
    if (!secretHeader.test(name)) return [];
    // The name of a scheme or of a cookie is no secret, and would be found everywhere.
    if (/cookie/i.test(name)) return value.split(';').map((cookie) => cookie.slice(cookie.indexOf('=') + 1).trim());
    return [value.replace(/^(?:bearer|basic|token)\s+/i, '')];
  });
  const ofUrl = [...new URL(url).searchParams].flatMap(([name, value]) => (secretParameter.test(name) ? [value] : []));
  // Shorter ones would be found where they are just words.
  return [...ofHeaders, ...ofUrl].filter((value) => value.length >= 8);
}

/** The ways in which secrets are written: plain, in addresses, in JSON. Longer ones first: one may hold another. */
function formsOf(secrets: readonly string[]): readonly string[] {
  const forms = secrets.flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);
  return [...new Set(forms)].filter((form) => form !== '').sort((a, b) => b.length - a.length);
}

function cleaned(whole: string, forms: readonly string[], stars: (found: string) => string): string {
  let clean = whole;
  for (const form of forms) clean = clean.replaceAll(form, () => stars(form));
  for (const shape of knownShapes) clean = clean.replaceAll(shape, stars);
  return clean;
}
