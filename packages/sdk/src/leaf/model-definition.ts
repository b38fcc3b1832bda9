import type { Capabilities } from '../spec/capabilities.ts';
import type { Pricing } from '../spec/pricing.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { TokenModel } from '../spec/token-model.ts';
import type { LeafCall, LeafOutcome } from './leaf-call.ts';

/** What makes a leaf. */
export interface ModelDefinition {
  readonly provider: string;
  readonly modelId: string;
  readonly capabilities: Capabilities | ((request?: GenerateRequest) => Capabilities);
  /**
   * Sends one attempt and reads the answer, for `generate` and `stream` alike.
   *
   * On abort it returns what there is, with `finish.by: 'aborted'`. It throws `ModelCallError` for everything else that
   * goes wrong, with `dispatch` telling how far the attempt got and `partial` what had arrived.
   */
  readonly call: (call: LeafCall) => Promise<LeafOutcome>;
  /** The model's own declared price. */
  readonly pricing?: Pricing;
  /** Exact prompt tokens, where the engine can count them before it is asked. Tightens holds. */
  readonly countInputTokens?: (request: GenerateRequest) => number;
  /** Attempts on the wire at once for one request with more samples than one call takes. Range [1, ∞). @defaultValue 8 */
  readonly maxParallelAttempts?: number;
  /** What `asTokenModel` gives, where the engine shows next-token distributions. Made when first asked for. */
  readonly tokenModel?: () => TokenModel;
  readonly close?: () => Promise<void>;
}
