export { textCapabilities } from '../leaf/text-capabilities.ts';
export type { ConformanceModel, ConformanceReplies } from './conformance/conformance-case.ts';
export { type ConformanceGap, describeModel, type DescribeModelOptions } from './conformance/describe-model.ts';
export { type ProviderHandlers, providerHandlers, type ProviderHandlersOptions } from './provider/provider-handlers.ts';
export { type ProviderServer, type ProviderServerOptions, startProviderServer } from './provider/provider-server.ts';
export type {
  Break,
  Delivery,
  Place,
  ProviderCall,
  ProviderReplies,
  ProviderReply,
  ProviderWireName,
} from './provider/reply.ts';
export {
  type Script,
  type ScriptedModel,
  type ScriptedModelOptions,
  type ScriptStep,
  scriptedModel,
} from './scripted-model.ts';
export { type VirtualClock, type VirtualClockOptions, virtualClock } from './virtual-clock.ts';
