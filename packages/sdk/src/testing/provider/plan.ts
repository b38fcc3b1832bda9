import type { Delivery, Place } from './reply.ts';

/** A piece of a body. */
export interface PlannedChunk {
  readonly bytes: Uint8Array;
  /** Milliseconds of silence before it. */
  readonly afterMs: number;
}

/** A reply as it will travel. */
export interface PlannedReply {
  readonly headersAfterMs: number;
  /** Absent where the connection breaks before there are any. */
  readonly head: { readonly status: number; readonly headers: { readonly [name: string]: string } } | undefined;
  readonly chunks: readonly PlannedChunk[];
  readonly ending: 'end' | 'cut' | 'stall';
}

/** What there is to send. */
export interface Outgoing {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  /** The body: events, or one piece. */
  readonly events: readonly (string | Uint8Array)[];
  /** How many of the events come before those that say how the answer ended. */
  readonly contentEvents: number;
  /** The event that tells of a failure on the way. */
  readonly errorEvent: string | undefined;
}

/** Lays out how a reply travels: which pieces, when, and how it ends. */
export function planReply(outgoing: Outgoing, delivery: Delivery): PlannedReply {
  const { headersAfterMs = 0, everyMs = 0, breaks } = delivery;
  const ending = breaks === undefined || breaks.by === 'error' ? 'end' : breaks.by;
  if (breaks?.after === 'nothing' && ending !== 'end') {
    return { headersAfterMs, head: undefined, chunks: [], ending };
  }
  const whole = outgoing.events.map((event) => (typeof event === 'string' ? new TextEncoder().encode(event) : event));
  const sent = breaks === undefined ? whole : upTo(whole, breaks.after, outgoing.contentEvents);
  const failed = breaks?.by === 'error' && outgoing.errorEvent !== undefined ? [outgoing.errorEvent] : [];
  const pieces = [...sent, ...failed.map((event) => new TextEncoder().encode(event))];
  const split = delivery.splitAt === undefined ? pieces : splitAt(joined(pieces), delivery.splitAt);
  return {
    headersAfterMs,
    head: { status: outgoing.status, headers: outgoing.headers },
    chunks: split.filter((bytes) => bytes.length > 0).map((bytes, i) => ({ bytes, afterMs: i === 0 ? 0 : everyMs })),
    ending,
  };
}

function upTo(events: readonly Uint8Array[], place: Place, contentEvents: number): readonly Uint8Array[] {
  if (place === 'nothing' || place === 'headers') return [];
  if (place === 'content') return events.slice(0, contentEvents);
  if (place === 'everything') return events;
  if ('events' in place) return events.slice(0, place.events);
  let left = place.bytes;
  return events.map((event) => {
    const part = event.subarray(0, Math.max(0, left));
    left -= event.length;
    return part;
  });
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function splitAt(whole: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const bounds = [0, ...places, whole.length];
  return bounds.slice(1).map((end, i) => whole.subarray(bounds[i], end));
}
