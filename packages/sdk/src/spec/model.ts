import type { Capabilities } from './capabilities.ts';
import type { Pricing } from './pricing.ts';
import type { GenerateRequest } from './request.ts';
import type { GenerateResult } from './result.ts';
import type { ModelStream } from './stream.ts';

/**
 * Anything that answers: a hosted model, a local engine, a cascade of both, a best-of-mini-N over that cascade.
 * All have this interface, so they nest, and any of them can be handed to the AI SDK, served, recorded or replayed.
 */
export interface Model {
  readonly specVersion: 1;
  /** `openai`, `llama-cpp`, `router`, … */
  readonly provider: string;
  readonly modelId: string;
  /** The declared price of a leaf, where it has one. It wins over a price book, and recordings keep it. */
  readonly pricing?: Pricing;
  /** What this model can do for such a request. Cheap and synchronous. */
  capabilitiesFor(request?: GenerateRequest): Capabilities;
  /**
   * Answers a request.
   *
   * @throws InvalidOptionError, MissingLibraryError, UnknownPriceError, MissingScopeError for what the caller can mend;
   * BudgetExceededError or BudgetBusyError when nothing was produced; ModelCallError when the call failed;
   * AbortedError, with the partial result, when the signal fired.
   */
  generate(request: GenerateRequest): Promise<GenerateResult>;
  stream(request: GenerateRequest): ModelStream;
  /** Frees what the model holds (weights, sockets). A closed model refuses further calls. */
  close?(): Promise<void>;
}
