import { InvalidOptionError } from '../errors/invalid-option-error.ts';

/** A model by provider and by what that provider calls it: a model id, a path, an address. */
export interface ModelReference {
  readonly provider: string;
  readonly target: string;
}

/** What references look like, for errors. */
export const referenceForms =
  '"openai:gpt-6-luna", "anthropic:claude-haiku-5-5", "llama-cpp:./model.gguf", "onnx:./folder" or "compatible:http://127.0.0.1:8080/v1#model"';

/**
 * Reads a reference, `provider:target`. Only the first colon divides, so that paths and addresses may have more.
 *
 * @throws InvalidOptionError for a text that is no reference, with what one looks like.
 * @example
 * parseModelReference('llama-cpp:C:\\models\\small.gguf'); // { provider: 'llama-cpp', target: 'C:\\models\\small.gguf' }
 */
export function parseModelReference(text: string): ModelReference {
  const colon = text.indexOf(':');
  const provider = text.slice(0, colon).trim();
  const target = text.slice(colon + 1).trim();
  if (colon === -1) throw malformed(text, 'it has no provider before a colon');
  if (/^[a-z]$/i.test(provider) && /^[\\/]/.test(target)) {
    throw malformed(text, `it is a path: write llama-cpp:${text} for a GGUF file or onnx:${text} for a folder`);
  }
  if (/^https?$/i.test(provider)) throw malformed(text, `it is an address: write compatible:${text}#model`);
  if (provider === '') throw malformed(text, 'it has no provider before the colon');
  if (target === '') throw malformed(text, 'it names no model after the colon');
  return { provider, target };
}

/**
 * Reads what comes after `compatible:`, the address of a server and the name it has for the model, divided by the first `#`.
 *
 * @throws InvalidOptionError where one of the two is missing.
 */
export function parseServerTarget(target: string): { readonly baseUrl: string; readonly modelId: string } {
  const [baseUrl = '', ...rest] = target.split('#');
  const modelId = rest.join('#');
  if (baseUrl !== '' && modelId !== '') return { baseUrl, modelId };
  // An address may hold a password, so it is not repeated.
  throw new InvalidOptionError(
    'reference',
    'A "compatible:" reference needs an address and a model: compatible:http://127.0.0.1:8080/v1#model.',
  );
}

function malformed(text: string, why: string): InvalidOptionError {
  return new InvalidOptionError(
    'reference',
    `"${text}" is no reference to a model: ${why}. References look like ${referenceForms}.`,
  );
}
