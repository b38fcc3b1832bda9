export { onnx, type OnnxModel } from './onnx.ts';
export type { FailedDevice, OnnxDeviceReport } from './open-session.ts';
export type { OnnxDevice, OnnxFileOptions, OnnxOptions } from './options.ts';
export { onnxRewardHead, type RewardHead, type RewardScores } from './reward-head.ts';
export type { EncodedReward, RewardFormat, RewardHeadOptions, RewardInput } from './reward-format.ts';
