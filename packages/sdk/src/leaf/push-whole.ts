import type { Candidate } from '../spec/result.ts';
import type { StreamPart } from '../spec/stream.ts';

/** Streams a finished candidate: its commit, its content as deltas, its end. */
export function pushWhole(push: (part: StreamPart) => void, candidate: Candidate): void {
  const about = { candidateId: candidate.id, attemptId: candidate.attemptId };
  push({ type: 'commit', ...about });
  for (const part of candidate.content) {
    switch (part.type) {
      case 'text':
        push({
          type: 'text-delta',
          text: part.text,
          ...about,
          ...(part.metadata !== undefined && { metadata: part.metadata }),
        });
        break;
      case 'reasoning':
        push({
          type: 'reasoning-delta',
          text: part.text,
          ...about,
          ...(part.metadata !== undefined && { metadata: part.metadata }),
        });
        break;
      case 'tool-call':
        push({ type: 'tool-call', call: part, ...about });
        break;
      case 'file':
        break;
      default:
        part satisfies never;
    }
  }
  push({ type: 'candidate-finish', finish: candidate.finish, ...about });
}
