/** What a sandbox came to. */
export interface Figures {
  /** Milliseconds until the first program has run, with nothing started. */
  readonly firstMs: number;
  /** Milliseconds until the next program has run, after one was ended by its limit on time (not counting that). */
  readonly afterTimeoutMs: number;
  /** Programs a second: one that does nothing. */
  readonly emptyPerSecond: number;
  /** Programs a second: one with three tests. */
  readonly testedPerSecond: number;
  /** Milliseconds of a candidate's own run, as `passesTests` reports it. */
  readonly candidateMs: number;
  /** Milliseconds of the whole scoring call for each of its candidates. */
  readonly scoringMs: number;
  /** Resident memory of a worker in MB; of a thread, what this process grew by. */
  readonly workerMb: number;
}
