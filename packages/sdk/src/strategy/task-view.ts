import type { Model } from '../spec/model.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { SourceView, TaskView } from '../spec/strategy-core.ts';
import type { StrategyPlan } from './strategy-plan.ts';

/** What a core may know of a request before anything is asked. */
export function taskView({ sources, scorers, memory }: StrategyPlan, request: GenerateRequest): TaskView {
  const learned = memory?.recall(request);
  return {
    sources: sources.map((source) => sourceView(source, request)),
    scorers: scorers.map((scorer) => scorer.name),
    promptCharacters: promptCharacters(request),
    ...(learned !== undefined && { learned }),
  };
}

function sourceView(source: Model, request: GenerateRequest): SourceView {
  const { samples, logprobs, continuation } = source.capabilitiesFor(request);
  const model = { provider: source.provider, modelId: source.modelId };
  return { name: source.modelId, model, samples, logprobs, continuation };
}

function promptCharacters(request: GenerateRequest): number {
  let characters = 0;
  for (const { content } of request.messages) {
    if (typeof content === 'string') characters += content.length;
    else for (const part of content) if (part.type === 'text') characters += part.text.length;
  }
  return characters;
}
