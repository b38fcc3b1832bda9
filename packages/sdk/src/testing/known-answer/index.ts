export { BOS, type BigramModel, EOS } from './bigram-model.ts';
export { knownAnswerGguf, writeKnownAnswerGguf } from './write-known-answer-gguf.ts';
export { type KnownAnswerModel, knownLogProbabilities, writeKnownAnswerOnnx } from './write-known-answer-onnx.ts';
