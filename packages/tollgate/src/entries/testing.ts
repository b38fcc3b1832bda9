export {
  scriptedModel,
  type ScriptedModel,
  type ScriptedModelOptions,
  type ScriptStep,
  textCapabilities,
  virtualClock,
  type VirtualClock,
  type VirtualClockOptions,
} from '@tollgate/sdk/testing';
