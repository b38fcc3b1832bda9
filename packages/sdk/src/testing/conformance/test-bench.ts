import type { GenerateRequest } from '../../spec/request.ts';
import {
  type ConformanceModel,
  type ConformanceReplies,
  type ConformanceTest,
  shortAnswers,
} from './conformance-case.ts';

type Make = (replies: ConformanceReplies) => ConformanceModel | Promise<ConformanceModel>;

/** Makes the models that cases are run with, and ends them. */
export class TestBench {
  readonly #make: Make;
  readonly #options: { readonly reuse: boolean; readonly prompt: string };
  #replies: ConformanceReplies = shortAnswers;
  #seen: GenerateRequest[] = [];
  #kept: ConformanceModel | undefined;

  constructor(make: Make, options: { readonly reuse: boolean; readonly prompt: string }) {
    this.#make = make;
    this.#options = options;
  }

  async run(replies: ConformanceReplies = shortAnswers, body: (test: ConformanceTest) => Promise<void>): Promise<void> {
    const seen: GenerateRequest[] = [];
    this.#replies = replies;
    this.#seen = seen;
    this.#kept ??= await this.#make((call) => {
      this.#seen.push(call.request);
      return this.#replies(call);
    });
    const { model, scripted = true } = this.#kept;
    const plain: GenerateRequest = { messages: [{ role: 'user', content: this.#options.prompt }] };
    // Without effort, models that reason by themselves can do more.
    const effort = model.capabilitiesFor(plain).efforts.includes('none') ? ({ effort: 'none' } as const) : {};
    const ask = (options: Partial<GenerateRequest> = {}): GenerateRequest => ({ ...plain, ...effort, ...options });
    try {
      await body({ model, scripted, seen, ask, capabilities: model.capabilitiesFor(ask()) });
    } finally {
      if (!this.#options.reuse) await this.close();
    }
  }

  async close(): Promise<void> {
    const kept = this.#kept;
    this.#kept = undefined;
    await kept?.model.close?.();
    await kept?.close?.();
  }
}
