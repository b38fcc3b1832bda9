import type { PlotEntry } from './page-entry.ts';

/** A strategy as a point of a plot, in the units of the drawing. */
export interface PlotPoint {
  readonly entry: PlotEntry;
  readonly x: number;
  readonly y: number;
  /** The ends of its two intervals. */
  readonly cross: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
}

/** Radius of the dot that stands for a point. */
export const pointRadius = 5;
