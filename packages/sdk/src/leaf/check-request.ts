import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { schemaCheck } from '../schema/schema-check.ts';
import type { GenerateRequest } from '../spec/request.ts';

/** Refuses a request that cannot be meant, naming the option and its range. */
export function checkRequest(request: GenerateRequest): void {
  if (!Array.isArray(request.messages) || request.messages.length === 0) {
    throw new InvalidOptionError('messages', 'messages must hold at least one message, received none.');
  }
  if (request.samples !== undefined) whole('samples', request.samples, [1, 10_000]);
  if (request.firstSample !== undefined) whole('firstSample', request.firstSample, [0, 9_999]);
  if (request.maxOutputTokens !== undefined)
    whole('maxOutputTokens', request.maxOutputTokens, [1, Number.MAX_SAFE_INTEGER]);
  if (request.maxReasoningTokens !== undefined)
    whole('maxReasoningTokens', request.maxReasoningTokens, [0, Number.MAX_SAFE_INTEGER]);
  if (request.topK !== undefined) whole('topK', request.topK, [1, Number.MAX_SAFE_INTEGER]);
  if (request.seed !== undefined) whole('seed', request.seed, [0, 2 ** 32 - 1]);
  if (request.logprobs?.top !== undefined) whole('logprobs.top', request.logprobs?.top, [0, 1000]);
  if (request.temperature !== undefined && !(request.temperature >= 0 && request.temperature <= 2)) {
    throw new InvalidOptionError('temperature', `temperature must be in [0, 2], received ${request.temperature}.`);
  }
  if (request.topP !== undefined && !(request.topP > 0 && request.topP <= 1)) {
    throw new InvalidOptionError('topP', `topP must be in (0, 1], received ${request.topP}.`);
  }
  if (request.stop?.some((text) => text === '') === true) {
    throw new InvalidOptionError('stop', 'stop must not hold an empty string: it would end every answer at once.');
  }
  if (request.output !== undefined) schemaCheck(request.output, 'output');
}

function whole(option: string, value: number, [lowest, highest]: readonly [number, number]): void {
  if (Number.isInteger(value) && value >= lowest && value <= highest) return;
  const range = highest === Number.MAX_SAFE_INTEGER ? `${lowest} or more` : `in [${lowest}, ${highest}]`;
  throw new InvalidOptionError(option, `${option} must be a whole number ${range}, received ${value}.`);
}
