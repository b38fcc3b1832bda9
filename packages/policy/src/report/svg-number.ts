/** A coordinate as SVG text: tenths of a unit are finer than any screen. */
export function svgNumber(value: number): string {
  return String(Math.round(value * 10) / 10);
}
