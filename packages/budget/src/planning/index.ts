export { type AgentTurnCost, agentTurnCost, type AgentTurnPrices, type AgentTurns } from './agent-turn-cost.ts';
export {
  type CensoredUtility,
  censoredUtility,
  type CensoredUtilityOptions,
  confidenceWidth,
  naiveRuns,
  rankUtilities,
  shouldDoubleCap,
  tightened,
  type UtilityConfidence,
  type UtilityRanking,
} from './censored-utility.ts';
export {
  type BetaBelief,
  betaHitRate,
  betaOfClass,
  type ClassSamplesOptions,
  worthwhileSamplesOfClass,
} from './class-saturation.ts';
export { type ComputeMatchedOptions, computeMatchedSamples } from './compute-matched-samples.ts';
export { decodeEnergyJoules, type DecodePower } from './decode-energy.ts';
export {
  emptyLatencyFit,
  type FittedLatency,
  fittedLatency,
  type LatencyFit,
  type LatencyMeasurement,
  observeLatency,
} from './fit-latency.ts';
export {
  balancedBatch,
  type Chips,
  type DecodeStep,
  decodeStepTime,
  forwardFlops,
  modelFlopsUtilisation,
  type StepTime,
  type TransformerSize,
} from './hardware-speed.ts';
export {
  acceleratorCost,
  type Accelerators,
  fitRuntimeProfile,
  idealizedRuntime,
  type RuntimeProfile,
} from './idealized-runtime.ts';
export { jetsonOrinLatency } from './jetson-orin-latency.ts';
export {
  decodeSeconds,
  type GenerationSize,
  type LatencyModel,
  maxOutputTokensWithin,
  prefillSeconds,
} from './latency-model.ts';
export type { NormalEquations } from './least-squares.ts';
export { type MemoryAdvice, memoryAdvice } from './memory-advice.ts';
export {
  cacheBytesPerToken,
  type CacheShape,
  type MemoryPlan,
  memoryPlan,
  type MemoryPlanOptions,
  weightBytes,
  type WeightShape,
} from './memory-plan.ts';
export {
  type Difficulty,
  type OptimalSamples,
  optimalSamples,
  type OptimalSamplesOptions,
  type SampleStep,
} from './optimal-samples.ts';
export { type GenerationOption, type GenerationPlan, planGeneration } from './plan-generation.ts';
export {
  ggufBitsPerWeight,
  type QuantisationAdvice,
  quantisationAdvice,
  type QuantisationQuestion,
} from './quantisation-advice.ts';
export { type RuntimeBelief, type RuntimeUtility, runtimeUtility } from './runtime-utility.ts';
export {
  hitRate,
  marginalHitRate,
  type Saturation,
  saturatingSamples,
  worthwhileSamples,
  type WorthwhileSamplesOptions,
} from './saturation.ts';
export {
  type SparseMeasurement,
  type SparseShape,
  sparseUtilisation,
  type SparseUtilisation,
} from './sparse-utilisation.ts';
