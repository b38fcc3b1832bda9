import { checkNotNegative, checkPositive } from '../prices/check-number.ts';

/** True bits per weight of common GGUF formats, scales included. */
export const ggufBitsPerWeight = { q4_k_m: 4.8944, q6_k: 6.5633, q8_0: 8.5008 } as const;

/** Options of `quantisationAdvice`. */
export interface QuantisationQuestion {
  /** Long chains of thought, mathematics and code; or recall and short answers. */
  readonly work: 'reasoning' | 'knowledge';
  readonly parameters: number;
  /** Memory for the weights, in bytes. */
  readonly availableBytes: number;
  /** Many requests at a time (continuous batching), or one. @defaultValue 'single' */
  readonly serving?: 'single' | 'batch';
  /** The hardware multiplies 8-bit floats. @defaultValue false */
  readonly fp8?: boolean;
  /** Refusals and alignment matter. @defaultValue false */
  readonly safetyCritical?: boolean;
}

/** What to use. Plain JSON. */
export interface QuantisationAdvice {
  /** Bits per weight; undefined where nothing advisable fits. */
  readonly bits: 16 | 8 | 4 | undefined;
  readonly format: string;
  readonly reason: string;
  /** What to check or to mind. */
  readonly notes: readonly string[];
}

const formats = {
  16: 'bf16',
  8: 'INT8, or GGUF Q8_0',
  4: '4-bit AWQ or GPTQ in blocks of at most 128, or GGUF Q4_K_M',
} as const;

/**
 * Which precision to run a model at: rules of thumb from published measurements, to start from and to measure.
 *
 * @throws InvalidOptionError when a number is outside its range.
 * @example
 * quantisationAdvice({ work: 'reasoning', parameters: 8e9, availableBytes: 12e9 }).bits; // 8
 */
// Sources: "Not All Bits Are Equal" (arXiv 2510.10964) for reasoning; "The case for 4-bit precision" (2212.09720) for
// zero-shot work; "Give Me BF16 or Give Me Death" (2411.02355) for serving; 2502.15799 for safety. Where they disagree the
// one on reasoning wins for reasoning.
export function quantisationAdvice(question: QuantisationQuestion): QuantisationAdvice {
  const { work, parameters, availableBytes, serving = 'single', fp8 = false, safetyCritical = false } = question;
  checkPositive('parameters', parameters);
  checkNotNegative('availableBytes', availableBytes);
  const fits = (bits: number): boolean => (parameters * bits) / 8 <= availableBytes;
  const notes = safetyCritical ? ['run the safety questions again on the quantised weights'] : [];
  const advise = (bits: 16 | 8 | 4, reason: string, format: string = formats[bits]): QuantisationAdvice => ({
    bits,
    format,
    reason,
    notes,
  });
  if (!fits(4)) {
    const reason = 'the weights do not fit at 4 bits, and below that quality falls off: take a smaller model';
    return { bits: undefined, format: 'none', reason, notes };
  }
  if (serving === 'batch' && fp8 && fits(8))
    return advise(8, 'lossless where the hardware has it, and fastest in batches', 'FP8');
  if (work === 'reasoning') {
    if (parameters < 4e9 && fits(16))
      return advise(16, 'a small reasoner needs its precision more than longer answers');
    if (fits(8)) return advise(8, 'reasoning loses at 4 bits; spend what is left on longer answers and samples');
    return advise(4, 'the most that fits; a smaller model at 8 bits usually reasons better');
  }
  if (safetyCritical && fits(8)) return advise(8, 'quantising can undo alignment, below 8 bits more often');
  if (serving === 'batch' && fits(8)) return advise(8, 'batches are bound by arithmetic, where 8-bit activations pay');
  return advise(4, 'in the same memory, zero-shot work did best with more parameters at 4 bits');
}
