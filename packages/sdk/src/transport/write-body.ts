import { InvalidOptionError } from '../errors/invalid-option-error.ts';

/**
 * The body of a request as it goes out.
 *
 * @throws InvalidOptionError where something in it cannot be written as JSON. Nothing was sent then.
 */
export function writeBody(body: object): string {
  try {
    return JSON.stringify(body);
  } catch (error) {
    throw new InvalidOptionError(
      'request',
      `The request cannot be written as JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
