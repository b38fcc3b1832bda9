/** One turn of a recorded run. */
export interface RecordedTurn {
  /** US dollars. */
  readonly costUsd: number;
  /** Prompt tokens, cached ones included, where they were recorded. */
  readonly promptTokens?: number;
  /** It changed files. Absent where that was not recorded. */
  readonly edited?: boolean;
}

/** One recorded run of an agent. */
export interface RecordedRun {
  readonly task: string;
  readonly model: string;
  readonly turns: readonly RecordedTurn[];
  /** Its last turn was its own end; otherwise a limit ended the recording. */
  readonly finished: boolean;
  readonly solved: boolean;
}
