import type { EffortLevel } from '../../spec/capabilities.ts';

/** How a family of models sets its thinking apart from its answer. */
export interface ReasoningFormat {
  readonly name: string;
  /** Where a chat template has this, its model thinks. The first format that matches is taken. */
  readonly mentioned: RegExp;
  readonly open: string;
  readonly close: string;
  /** Ends a thought that was cut: what the model itself writes at the end of one. */
  readonly cut: string;
  /** Stands where a thought would, so that there is none. */
  readonly none: string;
  /** Begins an answer where nothing was thought. Never shown. */
  readonly answer?: string;
}

function tagged(name: string, mentioned: RegExp, [open, close]: readonly [string, string]): ReasoningFormat {
  return { name, mentioned, open, close, cut: `\n${close}\n\n`, none: `${open}\n\n${close}\n\n` };
}

const harmonyAnswer = '<|channel|>final<|message|>';
const harmonyClose = `<|end|><|start|>assistant${harmonyAnswer}`;

/** The formats that are known. Sources: the chat templates of the models named. */
export const reasoningFormats: readonly ReasoningFormat[] = [
  // gpt-oss
  {
    name: 'harmony',
    mentioned: /<\|channel\|>/,
    open: '<|channel|>analysis<|message|>',
    close: harmonyClose,
    cut: harmonyClose,
    none: harmonyAnswer,
    answer: harmonyAnswer,
  },
  // Qwen3, DeepSeek-R1 and what was distilled from it, QwQ, SmolLM3
  tagged('think tags', /<\/?think>/, ['<think>', '</think>']),
  // Magistral
  tagged('bracketed think tags', /\[\/?THINK\]/, ['[THINK]', '[/THINK]']),
  // Seed-OSS
  tagged('seed think tags', /<\/?seed:think>/, ['<seed:think>', '</seed:think>']),
];

/** The format of a chat template; undefined where its model does not think. */
export function reasoningFormatOf(template: string): ReasoningFormat | undefined {
  return reasoningFormats.find(({ mentioned }) => mentioned.test(template));
}

/**
 * What share of the tokens an answer may have its thought gets, by level of effort. Shares and not numbers: so levels stay
 * apart whatever room there is. The highest leaves a quarter for the answer itself, and no thought gets more.
 */
export const effortShares: { readonly [level in EffortLevel]?: number } = {
  none: 0,
  minimal: 0.1,
  low: 0.25,
  medium: 0.5,
  high: 0.75,
};

/** The share of a thought where nothing was said about effort, and the most that any thought gets. */
export const largestShare = 0.75;

/** The levels of a model that thinks, in rising order. */
export const effortLevels = Object.keys(effortShares) as readonly EffortLevel[];

/** Tokens a thought may have, out of `maxTokens` for thought and answer together. An explicit number wins over effort. */
export function reasoningCap(
  maxTokens: number,
  asked: { readonly effort?: EffortLevel | undefined; readonly maxReasoningTokens?: number | undefined },
): number {
  const most = Math.floor(largestShare * maxTokens);
  if (asked.maxReasoningTokens !== undefined) return Math.min(asked.maxReasoningTokens, most);
  const share = asked.effort === undefined ? largestShare : (effortShares[asked.effort] ?? largestShare);
  return Math.floor(share * maxTokens);
}
