import { InvalidOptionError, type JsonObject, type Pricing } from '@tollgate/sdk';
import { declaredCeiling } from './declared-ceiling.ts';
import { hardware } from './hardware.ts';
import { imputed } from './imputed.ts';
import { perToken } from './per-token.ts';
import type { PriceTable } from './price-table.ts';
import { tablePricing } from './table-pricing.ts';

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
    case 'price-table':
      return fromTable(declaration);
    case 'imputed':
      return imputed(pricingFromDeclaration(objectIn(declaration, 'of')));
    default:
      throw new InvalidOptionError(
        'kind',
        `The kind of a price must be "hardware", "per-token", "declared-ceiling", "price-table" or "imputed", received ${JSON.stringify(kind)}.`,
      );
  }
}

function fromTable(declaration: JsonObject): Pricing {
  const table = objectIn(declaration, 'table');
  const models = table['models'];
  if (!Array.isArray(models) || models.length !== 1) {
    throw new InvalidOptionError('table', 'A price of kind "price-table" needs a table with one model.');
  }
  const { known, toolCeilingUsd } = declaration;
  // What does not fit the type is found where its numbers are read.
  const whole = table as object as PriceTable;
  const [model] = whole.models;
  return tablePricing(whole, model as PriceTable['models'][number], {
    known: known === 'list' ? 'list' : 'override',
    ...(typeof toolCeilingUsd === 'number' && { toolCeilingUsd }),
  });
}

function objectIn(declaration: JsonObject, field: string): JsonObject {
  const value = declaration[field];
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new InvalidOptionError(
    field,
    `A price of kind ${JSON.stringify(declaration['kind'])} needs ${field}, an object; received ${JSON.stringify(value)}.`,
  );
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
