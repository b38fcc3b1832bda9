import type { Program, Sandbox, SandboxRun, SandboxRunOptions } from '../sandbox/sandbox.ts';

/** A sandbox that runs nothing: each program ends as a function says. */
export class ScriptedSandbox implements Sandbox {
  readonly name = 'scripted';
  readonly language = 'python';
  readonly concurrency = 1;
  readonly asked: { readonly program: Program; readonly options: SandboxRunOptions }[] = [];
  readonly #answer: (program: Program) => Partial<SandboxRun>;

  constructor(answer: (program: Program) => Partial<SandboxRun>) {
    this.#answer = answer;
  }

  async run(program: Program, options: SandboxRunOptions = {}): Promise<SandboxRun> {
    this.asked.push({ program, options });
    return { status: 'ok', output: '', tests: [], seconds: 0.5, ...this.#answer(program) };
  }

  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}
