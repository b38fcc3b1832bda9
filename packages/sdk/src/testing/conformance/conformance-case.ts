import type { Capabilities } from '../../spec/capabilities.ts';
import type { Model } from '../../spec/model.ts';
import type { GenerateRequest } from '../../spec/request.ts';
import type { Candidate, GenerateResult } from '../../spec/result.ts';
import type { ProviderReply } from '../provider/reply.ts';

/** What an engine that can be told what to say is to say to a request. Fits `replies` of the fake providers. */
export type ConformanceReplies = (call: { readonly request: GenerateRequest }) => ProviderReply;

/** A model under test, made for one case. */
export interface ConformanceModel {
  readonly model: Model;
  /** It says what the suite's replies say; false for real weights, which say what they like. @defaultValue true */
  readonly scripted?: boolean;
  /** Ends what was started for the model. The suite closes the model itself. */
  readonly close?: () => Promise<void> | void;
}

/** What a case is run with. */
export interface ConformanceTest {
  readonly model: Model;
  readonly scripted: boolean;
  readonly capabilities: Capabilities;
  /** Requests that reached the engine, where it is scripted. */
  readonly seen: readonly GenerateRequest[];
  /** The suite's prompt as a request, with the given options. */
  readonly ask: (options?: Partial<GenerateRequest>) => GenerateRequest;
}

/** One rule that every model keeps. */
export interface ConformanceCase {
  readonly name: string;
  /** @defaultValue a short answer */
  readonly replies?: ConformanceReplies;
  /** Why the model cannot be asked this; undefined where it can. */
  readonly gap?: (about: Omit<ConformanceTest, 'seen'>) => string | undefined;
  readonly run: (test: ConformanceTest) => Promise<void>;
  /** What holds all the same where there is a gap: that the model says so. */
  readonly inGap?: (test: ConformanceTest) => Promise<void>;
}

/** What the engine says where a case does not care: as many answers as are asked for. */
export const shortAnswers: ConformanceReplies = ({ request: { samples = 1 } }) => ({
  texts: Array.from({ length: samples }, () => 'one two three'),
});

/** An answer that takes more than a second. */
export const slowAnswer: ProviderReply = { text: 'and so on '.repeat(100).trim(), everyMs: 5 };

/** Milliseconds in which an abort has to take effect; a slow answer takes longer. */
export const promptMs = 900;

/** The answer of a result: what was chosen, else the first. */
export function answerOf(result: GenerateResult): Candidate | undefined {
  return result.candidates.find(({ id }) => id === result.decision.chosen) ?? result.candidates[0];
}

/** The text of the last message of a user. */
export function lastText({ messages }: GenerateRequest): string {
  const content = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  return typeof content === 'string' ? content : content.map((part) => ('text' in part ? part.text : '')).join('');
}
