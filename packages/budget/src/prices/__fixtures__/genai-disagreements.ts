/** A name that genai-prices 0.1.8 does not know, or prices otherwise, and why we stay with our price. */
export interface Disagreement {
  readonly verdict: 'unknown there' | 'differs';
  readonly why: string;
}

const newer = 'began after their data, which is of 2026-09-23';
const shares = 'the provider says it has the price of its twin; they list the twin only';
const snapshot = 'a dated snapshot that they do not list';

/** All of them, by name. */
export const expectedDisagreements: { readonly [name: string]: Disagreement } = {
  'anthropic/claude-fable-5-2': { verdict: 'unknown there', why: newer },
  'anthropic/claude-haiku-5-5': { verdict: 'unknown there', why: newer },
  'anthropic/claude-mythos-5': { verdict: 'unknown there', why: shares },
  'anthropic/claude-mythos-5-1': { verdict: 'unknown there', why: shares },
  'anthropic/claude-mythos-5-2': { verdict: 'unknown there', why: newer },
  'anthropic/claude-sonnet-5-5': {
    verdict: 'differs',
    why: 'they price it as claude-sonnet-5, because the name begins alike; cache reads cost half of that since 2026-10-07',
  },
  'deepseek/deepseek-flash': { verdict: 'unknown there', why: newer },
  'deepseek/deepseek-v4-flash': { verdict: 'differs', why: 'served and billed as deepseek-flash since 2026-09-10; they keep the price before' },
  'openai/gpt-6.1-sol': { verdict: 'unknown there', why: newer },
  'openai/gpt-6.1-terra': { verdict: 'unknown there', why: newer },
  'openai/gpt-6.2-sol': { verdict: 'unknown there', why: newer },
  'xai/grok-4.20': { verdict: 'differs', why: 'pages of the provider disagree, and a cut has no date: the dearer one is taken' },
  'xai/grok-4.20-0309-non-reasoning': { verdict: 'unknown there', why: snapshot },
  'xai/grok-4.20-0309-reasoning': { verdict: 'unknown there', why: snapshot },
  'xai/grok-4.20-multi-agent-0309': { verdict: 'unknown there', why: snapshot },
  'xai/grok-4.5': { verdict: 'differs', why: 'sources disagree on cache reads, 0.30 or 0.50 dollars: the dearer one is taken' },
  'xai/grok-4.5-latest': { verdict: 'differs', why: 'as grok-4.5' },
  'xai/grok-4.7': { verdict: 'unknown there', why: newer },
};
