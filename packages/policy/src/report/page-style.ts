/** The style of the page: light, dark by preference, and light again on paper. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --ink: #1b1f24; --soft: #59636e; --line: #e4e7eb; --row: #f6f7f9;
  --accent: #0b63c5; --beaten: #8b949e; --oracle: #9a5b00;
  --model-1: #2f8f83; --model-2: #c98712; --model-3: #7a5bb0; --model-4: #c4527a;
  --model-5: #5b8c2a; --model-6: #b5643c; --model-7: #4f7fc0; --model-8: #8a8f98;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --ground: #15181c; --ink: #e8eaed; --soft: #9ba5b0; --line: #2c3138; --row: #1b1f24;
    --accent: #6cb0ff; --beaten: #818b96; --oracle: #e2aa5a;
    --model-1: #4db6a8; --model-2: #e6b455; --model-3: #a88be0; --model-4: #e080a2;
    --model-5: #8dbb5c; --model-6: #d48a63; --model-7: #7fa9e6; --model-8: #a4abb5;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
main { max-width: 1104px; margin: 0 auto; padding: 40px 32px 64px; }
h1 { font-size: 28px; line-height: 1.2; font-weight: 650; letter-spacing: -.01em; margin: 0 0 4px; }
h2 { font-size: 18px; font-weight: 650; margin: 52px 0 2px; }
p { margin: 0 0 12px; max-width: 74ch; }
.soft, .caption { color: var(--soft); }
.caption { margin-bottom: 12px; }
.headline { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 8px 40px; margin: 28px 0 0; padding: 20px 0 0; border-top: 2px solid var(--ink); }
.headline dt { color: var(--soft); font-size: 13px; }
.headline dd { margin: 0; }
.headline .big { font-size: 30px; line-height: 1.25; font-weight: 600; letter-spacing: -.01em; }
.headline .what { display: block; overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: auto; overflow: visible; fill: var(--ink); }
.narrow { display: none; }
.grid { stroke: var(--line); stroke-width: 1; }
.tick, .axis, .quiet, .number { fill: var(--soft); }
.frontier { --own: var(--accent); }
.beaten { --own: var(--beaten); }
.oracle { --own: var(--oracle); }
path.stairs { fill: none; stroke: var(--accent); stroke-width: 1.5; stroke-opacity: .55; }
path.interval { fill: none; stroke: var(--own); stroke-width: 1.25; stroke-opacity: .5; }
circle.point { fill: var(--own); stroke: var(--ground); stroke-width: 1.5; }
circle.oracle { fill: var(--ground); stroke: var(--own); stroke-width: 2; }
path.leader { fill: none; stroke: var(--own); stroke-width: .75; stroke-opacity: .8; }
.name { paint-order: stroke; stroke: var(--ground); stroke-width: 3.5px; stroke-linejoin: round; fill: var(--ink); }
.name.beaten { fill: var(--soft); }
.name.frontier { font-weight: 600; }
.name.oracle { fill: var(--oracle); font-style: italic; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; list-style: none; margin: 0 0 14px; padding: 0; font-size: 14px; }
.legend li { display: flex; align-items: center; gap: 7px; overflow-wrap: anywhere; }
.swatch { width: 12px; height: 12px; flex: none; }
.mark { width: 22px; height: 12px; flex: none; }
${[1, 2, 3, 4, 5, 6, 7, 8].map((i) => `.model-${i} { fill: var(--model-${i}); stroke: var(--ground); stroke-width: 1; }`).join('\n')}
rect.settled { fill: var(--accent); }
rect.held { fill: var(--accent); fill-opacity: .4; }
rect.left { fill: var(--line); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
th, td { padding: 6px 0 6px 14px; text-align: right; white-space: nowrap; vertical-align: baseline; border-bottom: 1px solid var(--line); }
th { font-weight: 500; color: var(--soft); }
thead th { border-bottom: 1px solid var(--ink); vertical-align: bottom; }
tbody th { color: var(--ink); font-weight: 400; white-space: normal; overflow-wrap: anywhere; min-width: 180px; }
.text { text-align: left; }
th:first-child, td:first-child { padding-left: 0; }
tr.frontier th { font-weight: 600; }
tr.oracle .label { color: var(--oracle); font-style: italic; }
td.prose { white-space: normal; min-width: 150px; overflow-wrap: anywhere; }
tr:has(td.prose) th { min-width: 90px; }
td.range { color: var(--soft); padding-left: 6px; }
details { margin-top: 16px; }
summary { margin-bottom: 8px; }
summary { color: var(--soft); cursor: pointer; }
h3 { font-size: 15px; font-weight: 600; margin: 24px 0 0; }
.key { display: none; font-size: 14px; }
.key .frontier { font-weight: 600; }
.key .oracle i { color: var(--oracle); }
ul.notes { margin: 8px 0 0; padding-left: 18px; max-width: 74ch; }
ul.notes li { margin-bottom: 4px; }
dl.prices { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 4px 18px; margin: 8px 0 0; }
dl.prices dt { font-weight: 600; }
dl.prices dd { margin: 0; }
@media screen and (max-width: 900px) {
  .wide { display: none; }
  .narrow { display: block; max-width: 580px; }
  .key { display: block; }
}
@media screen and (max-width: 640px) {
  main { padding: 24px 16px 40px; }
  h1 { font-size: 23px; }
  h2 { margin-top: 40px; }
  .headline { grid-template-columns: 1fr; gap: 16px; }
  .headline .big { font-size: 26px; }
  dl.prices { grid-template-columns: 1fr; }
  dl.prices dd { margin-bottom: 8px; }
}
@media print {
  :root { color-scheme: only light; }
  body { font-size: 11px; }
  main { padding: 0; max-width: none; }
  section { break-inside: avoid; }
  h1 { font-size: 20px; }
  h2 { font-size: 14px; margin-top: 26px; }
  .headline .big { font-size: 20px; }
  .legend, .headline dt { font-size: 11px; }
  .scroll { overflow: visible; }
  h3 { font-size: 12px; }
  table { font-size: 9px; }
  th, td { padding: 3px 0 3px 7px; }
  tbody th { min-width: 105px; }
  details { display: none; }
}
`;
