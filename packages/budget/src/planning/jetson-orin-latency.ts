import type { LatencyModel } from './latency-model.ts';

/**
 * Latency of DeepSeek-R1-Distill models on a Jetson Orin, as fitted by the paper. An example of the form; fit your own
 * device with `observeLatency`.
 */
// Source: EdgeReasoning (arXiv 2511.01866), constants of its repository.
export const jetsonOrinLatency = {
  'qwen-1.5b': {
    prefillQuadratic: 1.5635548753757e-7,
    prefillLinear: 2.309554283403154e-6,
    prefillConstant: 0.04598102600399947,
    decodePerContextToken: 1.4968086938621786e-7,
    decodePerToken: 0.023633865754453625,
    paddingTokens: 128,
  },
  'llama-8b': {
    prefillQuadratic: 6.645207285297158e-7,
    prefillLinear: 2.903545130874798e-4,
    prefillConstant: 0.10380849913420899,
    decodePerContextToken: 6.920219504432032e-7,
    decodePerToken: 0.10038429572372025,
    paddingTokens: 128,
  },
  'qwen-14b': {
    prefillQuadratic: 1.233003335291953e-6,
    prefillLinear: 5.304540126753786e-4,
    prefillConstant: 0.18858145785250313,
    decodePerContextToken: 1.1301658358203775e-6,
    decodePerToken: 0.18655369142562853,
    paddingTokens: 128,
  },
} as const satisfies Readonly<Record<string, LatencyModel>>;
