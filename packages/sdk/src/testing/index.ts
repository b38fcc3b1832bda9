export { textCapabilities } from '../leaf/text-capabilities.ts';
export { type ScriptedModel, type ScriptedModelOptions, type ScriptStep, scriptedModel } from './scripted-model.ts';
export { type VirtualClock, type VirtualClockOptions, virtualClock } from './virtual-clock.ts';
