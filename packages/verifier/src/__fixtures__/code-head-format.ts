import type { RewardFormat } from '@tollgate/sdk/onnx';

/** How the MiniLM code reward head reads a pair: each line with its indentation as a token, and a budget for both texts. */
export const codeHeadFormat: RewardFormat = ({ prompt = '', answer }, encode) => {
  const after = encode(indentedLines(answer)).slice(0, 252);
  const room = 317 - after.length;
  const whole = encode(indentedLines(prompt));
  const before = whole.length > room ? [...whole.slice(0, 32), ...whole.slice(32 - room)] : whole;
  const ids = [101, ...before, 102, ...after, 102];
  return { ids, typeIds: ids.map((_, i) => (i < before.length + 2 ? 0 : 1)) };
};

function indentedLines(text: string): string {
  return text
    .replaceAll(/\[(CLS|SEP|PAD|UNK|MASK|unused[0-9]+)\]/g, '[ $1]')
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(/[ \t\f\v]+$/, ''))
    .filter((line) => line !== '')
    .map((line) => {
      const [indentation = ''] = /^[ \t]*/.exec(line) ?? [];
      const column = indentation.replaceAll('\t', '    ').length;
      return `[unused${1 + Math.min(15, Math.floor(column / 2))}] ${line.slice(indentation.length)}`;
    })
    .join(' ');
}
