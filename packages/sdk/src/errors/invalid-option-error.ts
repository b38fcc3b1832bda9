import { TollgateError } from './tollgate-error.ts';

/** An option that cannot be meant. The message names the option, what was expected, what came, and the fix. */
export class InvalidOptionError extends TollgateError {
  readonly option: string;

  constructor(option: string, message: string) {
    super('invalid-option', message);
    this.option = option;
  }
}
