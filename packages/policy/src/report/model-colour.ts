import { escapeHtml } from './escape-html.ts';

const colours = 8;

/** The style class of the model at `index`; the eight colours come round again. */
export function modelColour(index: number): string {
  return `model-${(index % colours) + 1}`;
}

/** What the colours stand for. */
export function modelLegend(models: readonly string[]): string {
  const items = models.map((model, i) => {
    const swatch = `<rect class="${modelColour(i)}" width="12" height="12"/>`;
    return `<li><svg class="swatch" viewBox="0 0 12 12" aria-hidden="true">${swatch}</svg>${escapeHtml(model)}</li>`;
  });
  return `<ul class="legend">${items.join('')}</ul>`;
}
