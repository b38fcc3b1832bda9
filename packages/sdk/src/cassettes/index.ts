export { Cassette, type CassetteModelOptions, type RecordedModel } from './cassette.ts';
export { CassetteSession } from './cassette-session.ts';
export { openCassette, type OpenCassetteOptions } from './open-cassette.ts';
export type { Match } from './request-key.ts';
export { recordWire, type RecordWireOptions, type WireRecorder } from './wire/record-wire.ts';
export { replayWire, type ReplayWireOptions, type WireReplay } from './wire/replay-wire.ts';
export { withCassette, type WithCassetteOptions } from './with-cassette.ts';
