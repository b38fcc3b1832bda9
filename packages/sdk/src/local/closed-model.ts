import { TollgateError } from '../errors/tollgate-error.ts';

/** The error of everything that is asked of a closed model. `name` is `provider/modelId`. */
export function closedModel(name: string): TollgateError {
  return new TollgateError('closed', `${name} is closed. Make a new model.`);
}
