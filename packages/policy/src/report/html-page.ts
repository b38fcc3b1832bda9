import { escapeHtml } from './escape-html.ts';
import { pageStyle } from './page-style.ts';

/** A whole HTML page in the style of all reports. `parts` are HTML. */
export function htmlPage(title: string, parts: readonly string[]): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Tollgate: ${escapeHtml(title)}</title>`,
    `<style>${pageStyle}</style>`,
    '</head>',
    '<body>',
    '<main>',
    ...parts,
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** A section of the page. Empty parts are left out. */
export function section(title: string, parts: readonly string[]): string {
  return ['<section>', `<h2>${title}</h2>`, ...parts.filter((part) => part !== ''), '</section>'].join('\n');
}
