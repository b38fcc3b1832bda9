import { stripTypeScriptTypes } from 'node:module';
import type { QuickJSContext, QuickJSHandle, QuickJSRuntime } from 'quickjs-emscripten';
import { prelude } from './quickjs-prelude.ts';

const maxErrorCharacters = 500;

/** How a source is meant: the first of these forms that compiles. */
interface Form {
  readonly text: string;
  readonly type: 'global' | 'module';
}

/** A JavaScript world in QuickJS, with what programs and tests find there. */
export class ScriptRuntime {
  readonly #runtime: QuickJSRuntime;
  readonly #context: QuickJSContext;
  readonly #global: QuickJSHandle;
  readonly #assert: QuickJSHandle;
  readonly #require: QuickJSHandle;
  readonly #nextTimer: QuickJSHandle;

  constructor(context: QuickJSContext, print: (text: string) => void) {
    this.#context = context;
    this.#runtime = context.runtime;
    // Asked for now: the context keeps it, and an image that is put back must still have it.
    this.#global = context.global;
    const printer = context.newFunction('print', (text) => print(context.getString(text)));
    const make = context.evalCode(`(${String(prelude)})`, 'prelude.js').unwrap();
    const made = context.callFunction(make, context.undefined, printer).unwrap();
    this.#assert = context.getProp(made, 'assert');
    this.#require = context.getProp(made, 'require');
    this.#nextTimer = context.getProp(made, 'nextTimer');
  }

  /** Runs a program's text, and says what it threw: as a script, or as a module whose exports tests then see as globals. */
  run(source: string, { compileOnly }: { readonly compileOnly: boolean }): string | undefined {
    const form = this.#formOf(source, ['global', 'module']);
    if ('error' in form) return form.error;
    if (compileOnly) return undefined;
    const result = this.#context.evalCode(form.text, 'candidate.js', { type: form.type });
    if (result.error !== undefined) return this.#describe(result.error);
    const isModule = form.type === 'module';
    const outcome = this.#settle(result.value, isModule);
    if (outcome.error === undefined && isModule) this.#makeGlobal(outcome.value);
    return outcome.error === undefined ? undefined : this.#describe(outcome.error);
  }

  /** Runs a test's text as a block of an async function, and says what it threw. */
  test(source: string): string | undefined {
    const form = this.#formOf(`(async function test(assert, require) {{\n${source}\n}})`, ['global']);
    if ('error' in form) return form.error;
    const context = this.#context;
    const run = context.evalCode(form.text, 'test.js', { type: 'global' });
    if (run.error !== undefined) return this.#describe(run.error);
    const called = context.callFunction(run.value, context.undefined, this.#assert, this.#require);
    if (called.error !== undefined) return this.#describe(called.error);
    const { error } = this.#settle(called.value, true);
    return error === undefined ? undefined : this.#describe(error);
  }

  #formOf(source: string, types: readonly Form['type'][]): Form | { readonly error: string } {
    let last: string | undefined;
    // Types are erased only where it is needed: that takes longer than the rest.
    for (const erase of [(text: string): string => text, withoutTypes]) {
      const text = erase(source);
      for (const type of types) {
        const { error } = this.#context.evalCode(text, 'candidate.js', { type, compileOnly: true });
        if (error === undefined) return { text, type };
        last = this.#describe(error);
      }
    }
    return { error: last ?? 'SyntaxError' };
  }

  /** Lets jobs and timers run until there are none, or until the promise that is waited for has settled. */
  #settle(
    value: QuickJSHandle,
    isAwaited: boolean,
  ): { readonly value: QuickJSHandle; readonly error?: undefined } | { readonly error: QuickJSHandle } {
    const context = this.#context;
    for (;;) {
      const jobs = this.#runtime.executePendingJobs();
      if (jobs.error !== undefined) return { error: jobs.error };
      const state = isAwaited ? context.getPromiseState(value) : undefined;
      if (state?.type === 'fulfilled') return { value: state.value };
      if (state?.type === 'rejected') return { error: state.error };
      const timer = context.callFunction(this.#nextTimer, context.undefined);
      if (timer.error !== undefined) return { error: timer.error };
      if (context.dump(timer.value) === true) continue;
      if (state === undefined) return { value };
      return { error: context.newError({ name: 'Error', message: 'it waits for what never comes' }) };
    }
  }

  #makeGlobal(exports: QuickJSHandle): void {
    const context = this.#context;
    for (const name of context.getOwnPropertyNames(exports).unwrap()) {
      context.setProp(this.#global, name, context.getProp(exports, name));
    }
  }

  /** What was thrown, as `Kind: message`. */
  #describe(thrown: QuickJSHandle): string {
    const context = this.#context;
    const part = (name: string): string | undefined => {
      const value = context.getProp(thrown, name);
      return context.typeof(value) === 'string' ? context.getString(value) : undefined;
    };
    const isError = context.typeof(thrown) === 'object' && part('message') !== undefined;
    const text = isError
      ? [part('name') ?? 'Error', part('message')].filter((each) => each !== '').join(': ')
      : `Thrown: ${context.getString(thrown)}`;
    return text.slice(0, maxErrorCharacters);
  }
}

/** The text without TypeScript's types; as it is where it is not TypeScript whose types can be erased. */
function withoutTypes(source: string): string {
  try {
    return stripTypeScriptTypes(source);
  } catch {
    return source;
  }
}
