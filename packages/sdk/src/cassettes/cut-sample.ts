import type { AssistantPart } from '../spec/content.ts';
import type { SampleLine } from './cassette-lines.ts';

/**
 * The sample as it would have ended at a lower output cap: tokens, log-probabilities and engine time cut exactly, the
 * text by its tokens where they are known, else in proportion.
 */
export function cutSample(sample: SampleLine, maxOutputTokens: number | undefined): SampleLine {
  const tokens = sample.outputTokens;
  if (maxOutputTokens === undefined || tokens === undefined || tokens <= maxOutputTokens) return sample;
  const share = maxOutputTokens / tokens;
  const { reasoningTokens, engineSeconds, logprobs } = sample;
  return {
    content: cutContent(sample, maxOutputTokens, share),
    finish: { unified: 'length', by: 'length' },
    outputTokens: maxOutputTokens,
    ...(reasoningTokens !== undefined && { reasoningTokens: Math.min(reasoningTokens, maxOutputTokens) }),
    ...(engineSeconds !== undefined && { engineSeconds: engineSeconds * share }),
    ...(logprobs !== undefined && { logprobs: logprobs.slice(0, maxOutputTokens) }),
  };
}

function cutContent(sample: SampleLine, maxOutputTokens: number, share: number): SampleLine['content'] {
  const { content, logprobs } = sample;
  if (typeof content !== 'string') return cutParts(content, share);
  const tokens = logprobs?.map(([text]) => text) ?? [];
  if (tokens.join('') === content) return tokens.slice(0, maxOutputTokens).join('');
  return content.slice(0, Math.floor(content.length * share));
}

/** Keeps the first `share` of what was written. A tool call that would be cut is left out whole: half of one is none. */
function cutParts(parts: readonly AssistantPart[], share: number): AssistantPart[] {
  let left = Math.floor(parts.reduce((sum, part) => sum + lengthOf(part), 0) * share);
  const kept: AssistantPart[] = [];
  for (const part of parts) {
    const length = lengthOf(part);
    if (length <= left) kept.push(part);
    else if (left > 0 && (part.type === 'text' || part.type === 'reasoning'))
      kept.push({ ...part, text: part.text.slice(0, left) });
    left -= Math.min(left, length);
    if (left === 0) break;
  }
  return kept;
}

function lengthOf(part: AssistantPart): number {
  return part.type === 'text' || part.type === 'reasoning' ? part.text.length : JSON.stringify(part).length;
}
