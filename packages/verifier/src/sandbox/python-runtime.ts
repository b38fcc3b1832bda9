import type { MemoryFiles } from './sealed-files.ts';

/** An address in the memory of WebAssembly. 0 is NULL. */
export type Pointer = number;

/** What is used of CPython's C API in Pyodide's build, and of Emscripten around it. */
export interface PythonModule {
  readonly HEAPU8: Uint8Array<ArrayBuffer>;
  readonly HEAPU32: Uint32Array;
  readonly FS: MemoryFiles & {
    mkdirTree(path: string): void;
    writeFile(path: string, bytes: Uint8Array): void;
    chdir(path: string): void;
  };
  readonly ENV: Record<string, string>;
  UTF8ToString(text: Pointer): string;
  stringToNewUTF8(text: string): Pointer;
  _free(pointer: Pointer): void;
  _Py_InitializeEx(installSignalHandlers: number): void;
  _Py_CompileString(source: Pointer, filename: Pointer, start: number): Pointer;
  _PyEval_EvalCode(code: Pointer, globals: Pointer, locals: Pointer): Pointer;
  _PyImport_AddModule(name: Pointer): Pointer;
  _PyModule_GetDict(module: Pointer): Pointer;
  _PyErr_GetRaisedException(): Pointer;
  _PyErr_Clear(): void;
  _PyObject_Type(object: Pointer): Pointer;
  _PyType_GetName(type: Pointer): Pointer;
  _PyObject_Str(object: Pointer): Pointer;
  _PyUnicode_AsUTF8(text: Pointer): Pointer;
}

/** Start symbol of the grammar: a whole file. */
const fileInput = 257;
const maxErrorCharacters = 500;

/** What was raised. */
export interface PythonError {
  readonly kind: string;
  /** As `Kind: message`. */
  readonly text: string;
}

/** A Python interpreter by its C API. It has no bridge to JavaScript: that is a module of Pyodide's, and is never made. */
export class PythonRuntime {
  readonly module: PythonModule;

  constructor(module: PythonModule) {
    this.module = module;
  }

  /** The names of a module, which is made where there is none of that name. */
  namespace(name: string): Pointer {
    return this.module._PyModule_GetDict(this.#withText(name, (text) => this.module._PyImport_AddModule(text)));
  }

  /** Runs a file's text, or with no namespace only compiles it. */
  run(source: string, filename: string, namespace?: Pointer): PythonError | undefined {
    if (source.includes('\0'))
      return { kind: 'SyntaxError', text: 'SyntaxError: source code cannot contain null bytes' };
    const { module } = this;
    const code = this.#withText(source, (text) =>
      this.#withText(filename, (name) => module._Py_CompileString(text, name, fileInput)),
    );
    const done = code === 0 || namespace === undefined ? code : module._PyEval_EvalCode(code, namespace, namespace);
    return done === 0 ? this.#raised() : undefined;
  }

  #raised(): PythonError {
    const { module } = this;
    const error = module._PyErr_GetRaisedException();
    const kind = this.#text(module._PyType_GetName(module._PyObject_Type(error)));
    const message = this.#text(module._PyObject_Str(error));
    return { kind, text: (message === '' ? kind : `${kind}: ${message}`).slice(0, maxErrorCharacters) };
  }

  /** Text of a Python string; empty where making it raised an error of its own. */
  #text(string: Pointer): string {
    const text = string === 0 ? 0 : this.module._PyUnicode_AsUTF8(string);
    if (text !== 0) return this.module.UTF8ToString(text);
    this.module._PyErr_Clear();
    return '';
  }

  #withText<T>(text: string, use: (pointer: Pointer) => T): T {
    const pointer = this.module.stringToNewUTF8(text);
    const result = use(pointer);
    this.module._free(pointer);
    return result;
  }
}
