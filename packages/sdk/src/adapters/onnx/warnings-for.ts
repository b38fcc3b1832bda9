import { maxTopLogprobs } from '../../local/token-choice.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import type { Warning } from '../../spec/result.ts';
import { collectWarnings } from '../../wire/collect-warnings.ts';
import type { Engine } from './load-engine.ts';

/** What a request asks for and does not get. */
export function warningsFor({ template }: Pick<Engine, 'template'>, request: GenerateRequest): readonly Warning[] {
  const { warnings, warn } = collectWarnings();
  for (const { content } of request.messages) {
    for (const part of typeof content === 'string' ? [] : content) {
      if (part.type !== 'file') continue;
      const name = part.filename === undefined ? part.mediaType : `${part.filename} (${part.mediaType})`;
      warn('messages', `This model reads text only; the file ${name} was left out.`);
    }
  }
  if (request.tools !== undefined && request.tools.length > 0) {
    warn(
      'tools',
      template.showsTools
        ? 'The chat template shows the model its tools; a call that the model writes is given as text.'
        : 'The chat template of this model has no place for tools; they were left out.',
    );
  }
  for (const option of ['output', 'effort', 'maxReasoningTokens', 'serviceTier'] as const) {
    if (request[option] !== undefined) warn(option, `The ONNX adapter does not take "${option}"; it was left out.`);
  }
  const { top = 0 } = request.logprobs ?? {};
  if (top > maxTopLogprobs) {
    warn(
      'logprobs.top',
      `logprobs.top is in [0, ${maxTopLogprobs}] here, received ${top}; ${maxTopLogprobs} are given.`,
    );
  }
  return warnings;
}
