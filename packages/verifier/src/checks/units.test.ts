import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRational, type Rational } from './rational.ts';
import { converted, readUnit, type Unit, unitNamed } from './units.ts';

const names = [
  'mm',
  'cm',
  'm',
  'km',
  'in',
  'ft',
  'yd',
  'mi',
  'm^2',
  'ft^2',
  'ml',
  'l',
  'm^3',
  'mg',
  'g',
  'kg',
  'tonne',
  'oz',
  'lb',
  'ms',
  's',
  'min',
  'h',
  'day',
  'week',
  'm/s',
  'km/h',
  'mph',
  'g/cm^3',
  '$',
  '¢',
  '%',
  '1',
];

function unit(name: string): Unit {
  const found = unitNamed(name);
  if (found === undefined) throw new Error(`${name} is no unit`);
  return found;
}

describe('units', () => {
  it.each([
    ['1', 'mi', 'ft', '5280'],
    ['1', 'yd', 'in', '36'],
    ['1', 'lb', 'oz', '16'],
    ['1', 'week', 'h', '168'],
    ['1', 'day', 's', '86400'],
    ['1', 'l', 'ml', '1000'],
    ['1', 'm^3', 'l', '1000'],
    ['1', 'g/cm^3', 'kg/m^3', '1000'],
    ['1', 'mph', 'mi/h', '1'],
    ['1', 'km/h', 'm/s', '5/18'],
    ['50', '%', '1', '1/2'],
    ['100', '¢', '$', '1'],
  ])('%s %s in %s is %s', (...[value, from, to, expected]) => {
    const given = converted({ numerator: BigInt(value), denominator: 1n }, unit(from), unit(to));
    expect(given === undefined ? undefined : formatRational(given)).toBe(expected);
  });

  it.each([
    [' cm', 'm'],
    ['\\text{ cm}^2', 'm^2'],
    [' square feet.', 'm^2'],
    [' sq. ft', 'm^2'],
    [' cu ft', 'm^3'],
    ['~\\mathrm{km/h}', 'm/s'],
    [' metres per second', 'm/s'],
    ['^\\circ', '°'],
    ['^{\\circ}\\text{C}', '°C'],
    ['° C', '°C'],
    ['\\%', ''],
    ['% of it', ''],
    [' in', 'm'],
    [' in.', 'm'],
    [' in total', undefined],
    [' seconds later', 's'],
    [' secondly', undefined],
    [' apples', undefined],
    ['kg2', undefined],
    ['', undefined],
  ])('%j begins with a unit of %j', (text, kind) => {
    expect(readUnit(text)?.kind).toBe(kind);
  });

  it('conversions go back, and kinds do not mix (property)', () => {
    const quantity = fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n });
    fc.assert(
      fc.property(quantity, fc.constantFrom(...names), fc.constantFrom(...names), (numerator, a, b) => {
        const value: Rational = { numerator, denominator: 1n };
        const there = converted(value, unit(a), unit(b));
        expect(there === undefined).toBe(unit(a).kind !== unit(b).kind);
        if (there !== undefined) expect(converted(there, unit(b), unit(a))).toEqual(value);
      }),
      { seed: 5 },
    );
  });
});
