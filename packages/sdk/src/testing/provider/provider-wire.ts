import type { CallFailure } from '../../errors/model-call-error.ts';
import type { LeafCandidate } from '../../leaf/leaf-call.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import type { Usage } from '../../spec/usage.ts';
import type { StreamPart } from '../../spec/stream.ts';
import type { AnswerParts } from './answer-parts.ts';
import type { ProviderWireName } from './reply.ts';

/** What a reply says about itself. */
export interface ProviderHead {
  readonly id: string;
  readonly modelId: string;
  readonly createdAtSeconds: number;
}

/** Answers, and what they consumed. */
export interface ProviderAnswers {
  readonly candidates: readonly LeafCandidate[];
  /** Undefined where the client did not ask for it, and the format then says nothing of it. */
  readonly usage: Usage | undefined;
}

/** One wire format, from the provider's side. */
export interface ProviderWire {
  readonly name: ProviderWireName;
  /** The end of its address. */
  readonly path: string;
  /** The header with the id of the request. */
  readonly requestId: string;
  /** How many answers one call may ask for. */
  readonly mostSamples: number;
  read(body: unknown): {
    readonly request: GenerateRequest;
    readonly modelId: string;
    readonly stream: boolean;
    readonly withUsage: boolean;
  };
  writeWhole(head: ProviderHead, answers: ProviderAnswers): JsonObject;
  writeEvents(head: ProviderHead, answers: ProviderAnswers, parts: AnswerParts): ProviderEvents;
  writeError(failure: CallFailure, message: string): { readonly status: number; readonly body: JsonObject };
  writeErrorEvent(failure: CallFailure, message: string): string;
}

/** The events of an answer. */
export interface ProviderEvents {
  readonly content: readonly string[];
  readonly ending: readonly string[];
}

/** The events that a writer makes of parts: one text each. */
export function eventsOf(
  writer: { readonly write: (part: StreamPart) => string; readonly end: (usage?: Usage) => string },
  parts: AnswerParts,
  usage: Usage | undefined,
): ProviderEvents {
  const written = (all: readonly StreamPart[]): string => all.map((part) => writer.write(part)).join('');
  const content = eachEvent(written(parts.content));
  return { content, ending: eachEvent(written(parts.endings) + writer.end(usage)) };
}

/** Changes the data of events that are JSON. */
export function mapEvents(events: readonly string[], change: (data: JsonObject) => JsonObject): readonly string[] {
  return events.map((event) =>
    event.replace(
      /^data: (\{.*)$/m,
      (_, json: string) => `data: ${JSON.stringify(change(JSON.parse(json) as JsonObject))}`,
    ),
  );
}

function eachEvent(text: string): readonly string[] {
  return text.split(/(?<=\n\n)/).filter((event) => event !== '');
}
