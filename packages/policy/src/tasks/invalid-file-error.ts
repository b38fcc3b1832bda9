import { TollgateError } from '@tollgate/sdk';

/** One thing that is wrong with a file. */
export interface FileProblem {
  /** Counted from 1; absent where the whole file is meant. */
  readonly line?: number;
  /** One sentence: the field, what was expected, what came. */
  readonly message: string;
}

const shownProblems = 20;

/** A file that cannot be used as it is. The message lists the first 20 problems, `problems` all that were found. */
export class InvalidFileError extends TollgateError {
  /** What the reader called the file, for example its path. */
  readonly source: string;
  readonly problems: readonly FileProblem[];

  /** `advice` is one sentence that says how to go on; it ends the message. */
  constructor(source: string, problems: readonly FileProblem[], advice?: string) {
    const lines = problems.slice(0, shownProblems).map(({ line, message }) => {
      return line === undefined ? `  ${message}` : `  line ${line}: ${message}`;
    });
    const more = problems.length - lines.length;
    if (more > 0) lines.push(`  and ${more} more`);
    if (advice !== undefined) lines.push(advice);
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super('invalid-file', `${source} has ${count}:\n${lines.join('\n')}`);
    this.source = source;
    this.problems = problems;
  }
}
