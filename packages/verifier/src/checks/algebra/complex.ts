import type { FunctionName } from './expression.ts';

/** A complex number in floating point. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

/** A real number. */
export function real(re: number): Complex {
  return { re, im: 0 };
}

/** a · b. */
export function times(a: Complex, b: Complex): Complex {
  return { re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re };
}

/** a / b; not a number where b is 0. */
export function over(a: Complex, b: Complex): Complex {
  const size = b.re * b.re + b.im * b.im;
  const { re, im } = times(a, { re: b.re, im: -b.im });
  return { re: re / size, im: im / size };
}

/** The principal value of a to the b. */
export function toThe(a: Complex, b: Complex): Complex {
  if (b.im === 0 && a.im === 0 && (a.re >= 0 || Number.isInteger(b.re))) return real(a.re ** b.re);
  const angle = Math.atan2(a.im, a.re);
  const logarithm = times({ re: Math.log(magnitude(a)), im: angle }, b);
  const size = Math.exp(logarithm.re);
  return { re: size * Math.cos(logarithm.im), im: size * Math.sin(logarithm.im) };
}

/** Distance from 0. */
export function magnitude({ re, im }: Complex): number {
  return Math.hypot(re, im);
}

const functions: Readonly<Record<FunctionName, (x: number) => number>> = {
  arcsin: Math.asin,
  arccos: Math.acos,
  arctan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  sin: sine,
  cos: cosine,
  tan: (x) => sine(x) / cosine(x),
  cot: (x) => cosine(x) / sine(x),
  sec: (x) => 1 / cosine(x),
  csc: (x) => 1 / sine(x),
  exp: Math.exp,
  log: Math.log10,
  ln: Math.log,
  abs: Math.abs,
};

/** The sine, and 0 at multiples of π, which floating point misses by a little. */
function sine(x: number): number {
  return withoutNoise(Math.sin(x), x);
}

function cosine(x: number): number {
  return withoutNoise(Math.cos(x), x);
}

function withoutNoise(value: number, x: number): number {
  return Math.abs(value) < 3e-16 * Math.max(1, Math.abs(x)) ? 0 : value;
}

/** A function of a real number; `abs` and `exp` of complex numbers too, for others not a number. */
export function applied(name: FunctionName, argument: Complex): Complex {
  if (name === 'abs') return real(magnitude(argument));
  if (argument.im === 0) return real(functions[name](argument.re));
  return name === 'exp' ? toThe(real(Math.E), argument) : real(Number.NaN);
}

/** Ten significant digits: what floating point is sure of after a few steps. */
export function formatComplex(value: Complex): string {
  const [re, im] = [digits(value.re, magnitude(value)), digits(value.im, magnitude(value))];
  if (im === 0) return String(re);
  const size = Math.abs(im) === 1 ? '' : String(Math.abs(im));
  return `${re === 0 ? '' : re}${im < 0 ? '-' : re === 0 ? '' : '+'}${size}i`;
}

function digits(part: number, size: number): number {
  return Math.abs(part) <= size * 1e-12 ? 0 : Number(part.toPrecision(10));
}
