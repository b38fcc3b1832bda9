import { InvalidOptionError, type JsonObject, type Pricing } from '@tollgate/sdk';
import { declaredCeiling } from './declared-ceiling.ts';
import { hardware } from './hardware.ts';
import { perToken } from './per-token.ts';

/**
 * The price that a `declaration` came from: what a recording or a profile stored is priced as it was then.
 *
 * @throws InvalidOptionError when the kind is unknown, or a number is missing, unknown or outside its range.
 * @example
 * const price = pricingFromDeclaration({ kind: 'declared-ceiling', usdPerCall: 0.02 });
 */
export function pricingFromDeclaration(declaration: JsonObject): Pricing {
  const { kind } = declaration;
  switch (kind) {
    case 'hardware':
      return hardware(readNumbers(declaration, ['usdPerHour', 'watts', 'usdPerKwh'], ['slowestTokensPerSecond']));
    case 'per-token':
      return perToken(
        readNumbers(
          declaration,
          ['inputUsdPerMillion', 'outputUsdPerMillion'],
          ['cacheReadUsdPerMillion', 'cacheWriteUsdPerMillion'],
        ),
      );
    case 'declared-ceiling':
      return declaredCeiling(readNumbers(declaration, ['usdPerCall'], []));
    default:
      throw new InvalidOptionError(
        'kind',
        `The kind of a price must be "hardware", "per-token" or "declared-ceiling", received ${JSON.stringify(kind)}.`,
      );
  }
}

function readNumbers<Required extends string, Optional extends string>(
  declaration: JsonObject,
  required: readonly Required[],
  optional: readonly Optional[],
): Record<Required, number> & Partial<Record<Optional, number>> {
  const known: readonly string[] = ['kind', ...required, ...optional];
  for (const [field, value] of Object.entries(declaration)) {
    if (!known.includes(field)) {
      throw new InvalidOptionError(
        field,
        `A price of kind ${JSON.stringify(declaration['kind'])} has no field "${field}". It has: ${known.join(', ')}.`,
      );
    }
    if (field !== 'kind' && typeof value !== 'number') {
      throw new InvalidOptionError(field, `${field} must be a number, received ${JSON.stringify(value)}.`);
    }
  }
  for (const field of required) {
    if (declaration[field] === undefined) {
      throw new InvalidOptionError(
        field,
        `A price of kind ${JSON.stringify(declaration['kind'])} needs ${field}, which is missing.`,
      );
    }
  }
  return declaration as Record<Required, number> & Partial<Record<Optional, number>>;
}
