/** What a case came to. */
export interface Figures {
  readonly pairsPerSecond: number;
  /** Microseconds of CPU time of this process, all its threads, for a pair. */
  readonly cpuUs: number;
  /** Milliseconds from before `reserve` until after `end`; not measured where both answer within a microsecond. */
  readonly p99Ms?: number;
  /** Bytes of memory for a row that is kept, the id included; measured where rows are kept in memory. */
  readonly bytesPerRow?: number;
}
