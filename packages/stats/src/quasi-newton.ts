/** A function's value at a point, and its slope in each direction. */
export interface Valued {
  readonly value: number;
  readonly gradient: readonly number[];
}

/** A point, its value and its slope. */
export interface Found extends Valued {
  readonly point: readonly number[];
}

const MAX_ITERATIONS = 500;
const MAX_TRIES = 60;
const FLAT = 1e-7;
/** A step must gain this share of what the slope promises, and leave at most the second share of the slope. */
const ARMIJO = 1e-4;
const WOLFE = 0.9;

// Source: BFGS with the weak-Wolfe bisection of Lewis and Overton 2013. Rule: step against the slope as seen through an
// estimate of the inverse curvature; the second Wolfe condition keeps that estimate positive definite.
/**
 * A local minimum near `start` of a smooth function of few variables without bounds. Points where it has no finite value
 * are stepped over. Undefined where it has none at the start.
 */
export function minimize(evaluate: (point: readonly number[]) => Valued, start: readonly number[]): Found | undefined {
  let here: Found = { point: start, ...evaluate(start) };
  if (!Number.isFinite(here.value)) return undefined;
  let inverse = identity(start.length);
  for (let i = 0; i < MAX_ITERATIONS && Math.max(...here.gradient.map(Math.abs)) > FLAT; i += 1) {
    const direction = inverse.map((row) => -dot(row, here.gradient));
    // Nothing is known of the curvature yet: a first step of length 1 at most.
    const first = i === 0 ? Math.min(1, 1 / Math.sqrt(dot(direction, direction))) : 1;
    const next = step(evaluate, here, { direction, first });
    if (next === undefined) break;
    inverse = updated(inverse, here, next);
    here = next;
  }
  return here;
}

function step(
  evaluate: (point: readonly number[]) => Valued,
  here: Found,
  { direction, first }: { readonly direction: readonly number[]; readonly first: number },
): Found | undefined {
  const slope = dot(here.gradient, direction);
  let low = 0;
  let high = Infinity;
  let length = first;
  let best: Found | undefined;
  for (let i = 0; i < MAX_TRIES; i += 1) {
    const point = here.point.map((coordinate, j) => coordinate + length * (direction[j] ?? 0));
    const there: Found = { point, ...evaluate(point) };
    const isLower = there.value <= here.value + ARMIJO * length * slope && there.gradient.every(Number.isFinite);
    if (!isLower) high = length;
    else {
      if (there.value < (best ?? here).value) best = there;
      if (dot(there.gradient, direction) >= WOLFE * slope) break;
      low = length;
    }
    length = high === Infinity ? 2 * low : (low + high) / 2;
  }
  return best;
}

function updated(inverse: readonly (readonly number[])[], from: Found, to: Found): readonly (readonly number[])[] {
  const moved = to.point.map((coordinate, i) => coordinate - (from.point[i] ?? 0));
  const bent = to.gradient.map((slope, i) => slope - (from.gradient[i] ?? 0));
  const curvature = dot(moved, bent);
  if (!(curvature > 0)) return inverse;
  const seen = inverse.map((row) => dot(row, bent));
  const stretch = (1 + dot(bent, seen) / curvature) / curvature;
  return inverse.map((row, i) =>
    row.map((value, j) => {
      const [movedI = 0, movedJ = 0, seenI = 0, seenJ = 0] = [moved[i], moved[j], seen[i], seen[j]];
      return value + stretch * movedI * movedJ - (seenI * movedJ + movedI * seenJ) / curvature;
    }),
  );
}

function identity(size: number): readonly (readonly number[])[] {
  return Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? 1 : 0)));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((total, value, i) => total + value * (b[i] ?? 0), 0);
}
