// Source: own; a greedy search over positions around each point, then sweeps in which every label moves to its best
// place given the others. Rule: least overlap, weighted by what is covered, then nearest, to the right before to the left.

/** A rectangle; `x` and `y` are its left upper corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A label that belongs to a point. */
export interface LabelAsk {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a label stands. */
export interface PlacedLabel {
  readonly box: Box;
  /** It covers nothing that must stay visible: no other label, no solid obstacle, and it lies within the bounds. */
  readonly free: boolean;
}

/** What labels should not cover. */
export interface Obstacle extends Box {
  /** `solid` must stay visible (a point); `light` may be crossed at a price (a line). */
  readonly kind: 'solid' | 'light';
}

const distances = [9, 16, 26, 38, 54, 74, 98];
const angles = Array.from({ length: 16 }, (_, i) => (i * Math.PI) / 8);
const sweeps = 4;

/** Places labels around their points, in the order given: earlier ones choose first. The same input gives the same places. */
export function placeLabels(
  labels: readonly LabelAsk[],
  options: { readonly obstacles: readonly Obstacle[]; readonly bounds: Box },
): PlacedLabel[] {
  const placed: (Box | undefined)[] = labels.map(() => undefined);
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    for (const [i, label] of labels.entries()) {
      const others = placed.filter((box, j): box is Box => box !== undefined && j !== i);
      placed[i] = bestOf(candidatesFor(label), (candidate) => priceOf(candidate, others, options));
    }
  }
  return placed.map((box, i) => {
    const own = box ?? { x: 0, y: 0, width: 0, height: 0 };
    const others = placed.filter((other, j): other is Box => other !== undefined && j !== i);
    const solid = options.obstacles.filter(({ kind }) => kind === 'solid');
    const free = isWithin(own, options.bounds) && [...others, ...solid].every((other) => overlap(own, other) === 0);
    return { box: own, free };
  });
}

interface Candidate {
  readonly box: Box;
  readonly distance: number;
  readonly preference: number;
}

function candidatesFor({ x, y, width, height }: LabelAsk): Candidate[] {
  return distances.flatMap((distance) =>
    angles.map((angle) => {
      const [right, down] = [Math.cos(angle), Math.sin(angle)];
      const centreX = x + right * (distance + width / 2);
      const centreY = y + down * (distance + height / 2);
      return {
        box: { x: centreX - width / 2, y: centreY - height / 2, width, height },
        distance,
        preference: 1 - right + Math.abs(down),
      };
    }),
  );
}

function priceOf(
  { box, distance, preference }: Candidate,
  others: readonly Box[],
  { obstacles, bounds }: { readonly obstacles: readonly Obstacle[]; readonly bounds: Box },
): number {
  let price = distance * 3 + preference * 4;
  if (!isWithin(box, bounds)) price += 1e6;
  for (const other of others) price += coverPrice(overlap(box, other), 500, 40);
  for (const obstacle of obstacles) {
    const area = overlap(box, obstacle);
    price += obstacle.kind === 'solid' ? coverPrice(area, 250, 20) : area * 1.5;
  }
  return price;
}

/** Covering a sliver of what must stay visible is already as bad as standing far off. */
function coverPrice(area: number, once: number, perArea: number): number {
  return area > 0 ? once + area * perArea : 0;
}

function bestOf(candidates: readonly Candidate[], price: (candidate: Candidate) => number): Box | undefined {
  let best: Box | undefined;
  let lowest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const its = price(candidate);
    if (its >= lowest) continue;
    lowest = its;
    best = candidate.box;
  }
  return best;
}

function isWithin(box: Box, bounds: Box): boolean {
  return (
    box.x >= bounds.x &&
    box.y >= bounds.y &&
    box.x + box.width <= bounds.x + bounds.width &&
    box.y + box.height <= bounds.y + bounds.height
  );
}

/** The area that two boxes share. */
function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}
