export { verdict, type VerdictConfidence } from './confidence/verdict.ts';
export { voteShare, type VoteShare, type VoteShareOptions } from './confidence/vote-share.ts';
export {
  bestOfMiniN,
  bestOfMiniNCore,
  type BestOfMiniNCoreOptions,
  type BestOfMiniNOptions,
  type BestOfMiniNState,
} from './strategies/best-of-mini-n.ts';
export { cascade, cascadeCore, type CascadeOptions, type CascadeState } from './strategies/cascade.ts';
export {
  modelSwitch,
  modelSwitchCore,
  type ModelSwitchCoreOptions,
  type ModelSwitchOptions,
  type ModelSwitchState,
} from './strategies/model-switch.ts';
export { single, singleCore, type SingleState } from './strategies/single.ts';
export { vote, voteCore, type VoteCoreOptions, type VoteOptions, type VoteState } from './strategies/vote.ts';
