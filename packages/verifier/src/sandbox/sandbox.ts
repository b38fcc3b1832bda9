/** What a sandbox runs. JavaScript may carry erasable TypeScript types. */
export type CodeLanguage = 'javascript' | 'python';

/** What a program may use at most. */
export interface SandboxLimits {
  /** Milliseconds of real time from the start of the program to its end; waiting for a free worker does not count. Range [1, 2³¹). @defaultValue 3000 */
  readonly wallMs?: number;
  /** Milliseconds of processor time, rounded up to whole seconds. Only `bubblewrapSandbox` can keep it; others refuse it. Range [1, ∞). @defaultValue none */
  readonly cpuMs?: number;
  /** Bytes of memory. Range [2²⁵, 2³²]. @defaultValue 268,435,456 (256 MiB) */
  readonly memoryBytes?: number;
  /** Bytes of printed text. Range [0, 2²⁸]. @defaultValue 1,048,576 (1 MiB) */
  readonly outputBytes?: number;
}

/** Source text, and tests to run after it. */
export interface Program {
  readonly source: string;
  /**
   * Run one after another in what `source` left. A test passes when it raises nothing. Given tests, the source is loaded as
   * a module would be (Python's `__name__` is not `__main__`); without, it runs as a script.
   */
  readonly tests?: readonly string[];
}

/** How one program is to be run. */
export interface SandboxRunOptions {
  /** Added to, or in place of, the sandbox's own limits. */
  readonly limits?: SandboxLimits;
  readonly signal?: AbortSignal;
  /** Run the tests after a failed one too. @defaultValue false */
  readonly keepGoing?: boolean;
  /** Compile the source and run nothing. @defaultValue false */
  readonly compileOnly?: boolean;
}

/** What became of one test. */
export interface TestRun {
  readonly passed: boolean;
  /** What was raised, as `Kind: message`. */
  readonly error?: string;
}

/**
 * How a program ended.
 *
 * `ok`: the source and every test ran to their ends. A program that exits by itself did not, whatever code it exits with.
 * `failed`: something was raised, did not compile, or ended the program early. `timeout`, `memory`, `output`: a limit ended it.
 * `crashed`: it took the interpreter down.
 */
export type SandboxStatus = 'ok' | 'failed' | 'timeout' | 'memory' | 'output' | 'crashed';

/** What came of one program. */
export interface SandboxRun {
  readonly status: SandboxStatus;
  /** What it printed, cut at the limit. */
  readonly output: string;
  /** Why it is not `ok`, as `Kind: message`. */
  readonly error?: string;
  /** The tests that were finished, in order. Empty where there were none. */
  readonly tests: readonly TestRun[];
  /** Real seconds from start to end, without waiting for a free worker. Range [0, ∞). */
  readonly seconds: number;
}

/**
 * Runs programs that nobody trusts, apart from this process: no files, no network, no processes, bounded time and memory.
 * Every program starts from the same clean state.
 */
export interface Sandbox {
  readonly name: string;
  readonly language: CodeLanguage;
  /** Programs that run at once; further ones wait their turn. */
  readonly concurrency: number;
  /**
   * Rejects with AbortedError when the signal fires, MissingLibraryError, InvalidOptionError for limits that cannot be meant,
   * and a TollgateError with code `sandbox-unavailable` or `closed`. Whatever the program does is a result.
   */
  run(program: Program, options?: SandboxRunOptions): Promise<SandboxRun>;
  /** Ends every worker; programs that are running reject. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
