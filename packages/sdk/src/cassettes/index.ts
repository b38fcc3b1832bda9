export { Cassette, type CassetteModelOptions, type RecordedModel } from './cassette.ts';
export { CassetteSession } from './cassette-session.ts';
export { openCassette, type OpenCassetteOptions } from './open-cassette.ts';
export type { Match } from './request-key.ts';
