import type { LeafCandidate } from '../../leaf/leaf-call.ts';
import type { AssistantPart } from '../../spec/content.ts';
import type { StreamPart } from '../../spec/stream.ts';

/** What a provider's stream says, before and from the moment on where it tells how the answers ended. */
export interface AnswerParts {
  readonly content: readonly StreamPart[];
  readonly endings: readonly StreamPart[];
}

/** Answers as the parts of a stream: word by word, thoughts and arguments of tools too. */
export function answerParts(candidates: readonly LeafCandidate[]): AnswerParts {
  const content: StreamPart[] = [{ type: 'start', warnings: [] }];
  const endings: StreamPart[] = [];
  for (const [i, candidate] of candidates.entries()) {
    const about = { candidateId: String(i), attemptId: 'attempt' };
    content.push({ type: 'commit', ...about });
    for (const part of candidate.content) content.push(...deltasOf(part).map((delta) => ({ ...delta, ...about })));
    endings.push({ type: 'candidate-finish', finish: candidate.finish, ...about });
  }
  return { content, endings };
}

type Delta = OmitAbout<
  Extract<StreamPart, { type: 'text-delta' | 'reasoning-delta' | 'tool-input-delta' | 'tool-call' }>
>;
type OmitAbout<Part> = Part extends unknown ? Omit<Part, 'candidateId' | 'attemptId'> : never;

function deltasOf(part: AssistantPart): readonly Delta[] {
  switch (part.type) {
    case 'text':
    case 'reasoning': {
      const type = part.type === 'text' ? 'text-delta' : 'reasoning-delta';
      // What is opaque belongs to the whole part, and a writer wants to know it from the beginning.
      if (part.metadata !== undefined) return [{ type, text: part.text, metadata: part.metadata }];
      return wordsOf(part.text).map((text): Delta => ({ type, text }));
    }
    case 'tool-call': {
      const { toolCallId, toolName, input, invalid } = part;
      const json = invalid !== undefined && typeof input === 'string' ? input : JSON.stringify(input);
      const pieces = json.match(/[\s\S]{1,12}/gu) ?? [''];
      return [
        ...pieces.map((text): Delta => ({ type: 'tool-input-delta', toolCallId, toolName, text })),
        { type: 'tool-call', call: part },
      ];
    }
    case 'file':
      return [];
    default:
      return part satisfies never;
  }
}

function wordsOf(text: string): readonly string[] {
  return (text.match(/\s*\S*/g) ?? []).filter((word) => word !== '');
}
