const colours = 8;

/** The style class of the model at `index`; the eight colours come round again. */
export function modelColour(index: number): string {
  return `model-${(index % colours) + 1}`;
}
