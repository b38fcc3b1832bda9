export {
  Cassette,
  type CassetteModelOptions,
  CassetteSession,
  openCassette,
  type OpenCassetteOptions,
  type RecordedModel,
} from '@tollgate/sdk/cassettes';
