import type { StreamPart } from '../spec/stream.ts';

/** Several streams that are passed on as one have one start. */
export function withOneStart(push: (part: StreamPart) => void): (part: StreamPart) => void {
  let started = false;
  return (part) => {
    if (part.type === 'start' && started) return;
    started ||= part.type === 'start';
    push(part);
  };
}
