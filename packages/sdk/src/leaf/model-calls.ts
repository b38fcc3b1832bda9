import type { Model } from '../spec/model.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { GenerateResult } from '../spec/result.ts';
import type { StreamPart } from '../spec/stream.ts';
import { createModelStream, forwardStream } from './model-stream.ts';

/** The two ways in which a model is asked. */
export type ModelCalls = Pick<Model, 'generate' | 'stream'>;

/** Takes the parts of an answer while it is made. */
export type Push = (part: StreamPart) => void;

/** Both calls of a model out of one function, which gets a `push` where parts are wanted. */
export function callsOf(
  answer: (request: GenerateRequest, push: Push | undefined) => Promise<GenerateResult>,
): ModelCalls {
  return {
    generate: async (request) => answer(request, undefined),
    stream: (request) => createModelStream((push, signal) => answer({ ...request, signal }, push), request.signal),
  };
}

/** Both calls of a model, asked with another request. */
export function callsUnder(model: Model, change: (request: GenerateRequest) => GenerateRequest): ModelCalls {
  return {
    generate: async (request) => model.generate(change(request)),
    stream: (request) => model.stream(change(request)),
  };
}

/** Asks a model, and passes its parts on where somebody wants them. Rejects also where the model throws at once. */
export function askModel(model: Model, request: GenerateRequest, push: Push | undefined): Promise<GenerateResult> {
  try {
    return push === undefined ? model.generate(request) : forwardStream(model.stream(request), push);
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Whether a part shows something of an answer, so that another answer after it would contradict it. */
export function isContent({ type }: StreamPart): boolean {
  return type !== 'start' && type !== 'ping' && type !== 'finish';
}
