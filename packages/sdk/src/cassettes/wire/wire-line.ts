import { z } from 'zod';

const chunk = z.union([z.string(), z.object({ base64: z.string() })]);

/** The first line of a wire cassette. */
export const wireHeader = z.object({ kind: z.literal('tollgate-wire'), version: z.literal(1) });

const headers = z.record(z.string(), z.string());

/** One request, and what became of it. */
export const wireLine = z.object({
  kind: z.literal('exchange'),
  request: z.object({
    method: z.string(),
    url: z.string(),
    headers,
    /** The parsed body where it is JSON, else its text. */
    body: z.json(),
  }),
  /** Absent where there was none: the connection failed. */
  response: z
    .object({
      status: z.number().int(),
      headers,
      /** Milliseconds from the request to the headers. */
      afterMs: z.number(),
      /** Every network read: milliseconds since the one before it, and what it brought. */
      chunks: z.array(z.tuple([z.number(), chunk])),
      /** `cut`: the connection was lost. `left`: whoever asked did not wait for the end. */
      ending: z.enum(['end', 'cut', 'left']),
    })
    .optional(),
  /** Why there was no response. */
  failure: z.string().optional(),
});

/** One request, and what became of it. */
export type WireLine = z.output<typeof wireLine>;

/** Bytes as a cassette holds them: text that people can read, where they are text. */
export function writeChunk(bytes: Uint8Array): z.output<typeof chunk> {
  const text = new TextDecoder().decode(bytes);
  const buffer = Buffer.from(bytes);
  return Buffer.from(text).equals(buffer) ? text : { base64: buffer.toString('base64') };
}

/** The bytes again. */
export function readChunk(written: z.output<typeof chunk>): Uint8Array {
  return typeof written === 'string'
    ? new TextEncoder().encode(written)
    : new Uint8Array(Buffer.from(written.base64, 'base64'));
}
