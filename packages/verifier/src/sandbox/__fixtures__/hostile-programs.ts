import type { SandboxStatus } from '../sandbox.ts';
import type { TierName } from './tiers.ts';

/** How a program ends, and of what kind its error is. */
export type Ending = readonly [status: SandboxStatus, kind?: string];

/** A program that means harm. The table in the guide is written from these rows, and the tests run them. */
export interface HostileProgram {
  readonly name: string;
  /** What it tries, in a sentence. */
  readonly tries: string;
  /** `PORT` stands for one that listens on this machine. */
  readonly python: string;
  readonly javascript: string;
  /** Run after it. */
  readonly tests?: { readonly python: string; readonly javascript: string };
  /** It ends by a limit on time, so it gets little. */
  readonly isEndless?: boolean;
  readonly ends: Readonly<Record<TierName, Ending>>;
}

const noProcess: Ending = ['failed', 'ReferenceError'];
const endless: Readonly<Record<TierName, Ending>> = {
  quickjs: ['timeout', 'Timeout'],
  pyodide: ['timeout', 'Timeout'],
  bubblewrap: ['timeout', 'Timeout'],
};

/** Every kind of harm that we know of. */
export const hostilePrograms: readonly HostileProgram[] = [
  {
    name: 'fork bomb',
    tries: 'It makes processes that make processes.',
    python: 'import os\nwhile True:\n    os.fork()',
    javascript: 'for (;;) require("node:child_process").fork("self.js");',
    ends: { quickjs: ['failed', 'Error'], pyodide: ['failed', 'OSError'], bubblewrap: ['failed', 'PermissionError'] },
  },
  {
    name: 'stubborn fork bomb',
    tries: 'It goes on trying when it is refused.',
    python: 'import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass',
    javascript: 'for (;;) try { require("node:child_process").fork("self.js"); } catch {}',
    isEndless: true,
    ends: endless,
  },
  {
    name: 'infinite loop',
    tries: 'It never ends.',
    python: 'while True:\n    pass',
    javascript: 'for (;;);',
    isEndless: true,
    ends: endless,
  },
  {
    name: 'endless jobs',
    tries: 'It gives the event loop one more task for each that is done.',
    python: 'import asyncio\nasync def main():\n    while True:\n        await asyncio.sleep(0)\nasyncio.run(main())',
    javascript: 'const again = () => Promise.resolve().then(again); again();',
    isEndless: true,
    ends: endless,
  },
  {
    name: '10 GB of memory',
    tries: 'It takes memory in pieces until it has 10 GB.',
    python: 'pieces = [bytes(10**7) for _ in range(1000)]',
    javascript: 'const pieces = []; for (let i = 0; i < 1000; i += 1) pieces.push(new Uint8Array(1e7));',
    ends: {
      quickjs: ['memory', 'InternalError'],
      pyodide: ['memory', 'MemoryError'],
      bubblewrap: ['memory', 'MemoryError'],
    },
  },
  {
    name: 'deep recursion',
    tries: 'It calls itself without end, to run over the stack of whoever runs it.',
    python: 'def down(n):\n    return down(n + 1)\ndown(0)',
    javascript: 'const down = (n) => [n].map((each) => down(each + 1)); down(0);',
    ends: {
      quickjs: ['failed', 'InternalError'],
      pyodide: ['failed', 'RecursionError'],
      bubblewrap: ['failed', 'RecursionError'],
    },
  },
  {
    name: 'crash of the interpreter',
    tries: 'It brings the interpreter down: reads address 0, nests too deep to be parsed.',
    python: 'import ctypes\nctypes.string_at(0)',
    javascript: 'eval("(".repeat(1e5) + ")".repeat(1e5));',
    ends: { quickjs: ['crashed', 'Crash'], pyodide: ['crashed', 'Crash'], bubblewrap: ['crashed', 'Crash'] },
  },
  {
    name: 'ReDoS',
    tries: 'It matches a regular expression that backtracks without end.',
    python: 'import re\nre.match("^(a+)+$", "a" * 64 + "b")',
    javascript: '/^(a+)+$/.test("a".repeat(64) + "b");',
    isEndless: true,
    ends: endless,
  },
  {
    name: 'huge output',
    tries: 'It prints without end.',
    python: 'while True:\n    print("x" * 1000)',
    javascript: 'for (;;) console.log("x".repeat(1000));',
    ends: { quickjs: ['output', 'Output'], pyodide: ['output', 'Output'], bubblewrap: ['output', 'Output'] },
  },
  {
    name: 'full disk',
    tries: 'It writes files until the disk is full.',
    python:
      'for i in range(10**6):\n    with open(f"/tmp/{i}", "wb") as file:\n        file.write(bytes(5 * 10**6))',
    javascript: 'require("node:fs").writeFileSync("/tmp/x", "x".repeat(1e7));',
    ends: { quickjs: ['failed', 'Error'], pyodide: ['failed', 'OSError'], bubblewrap: ['failed', 'OSError'] },
  },
  {
    name: 'prototype escape',
    tries: 'From what every object descends from it works its way to a class or a function of the host.',
    python:
      'import subprocess\n[each for each in ().__class__.__base__.__subclasses__() if each.__name__ == "Popen"][0](["id"])',
    javascript: 'Object.getPrototypeOf(console.log).constructor("return process")().exit();',
    ends: { quickjs: noProcess, pyodide: ['failed', 'OSError'], bubblewrap: ['failed', 'PermissionError'] },
  },
  {
    name: '`constructor.constructor`',
    tries: 'It makes a function of the host by the constructor of a constructor; in Python by the bridge to JavaScript.',
    python: 'from js import Object\nObject.constructor.constructor("return process")().exit()',
    javascript: '(() => {}).constructor.constructor("return process")().exit();',
    ends: {
      quickjs: noProcess,
      pyodide: ['failed', 'ModuleNotFoundError'],
      bubblewrap: ['failed', 'ModuleNotFoundError'],
    },
  },
  {
    name: 'the environment',
    tries: 'It reads an environment variable of the host.',
    python: 'import os\nprint(os.environ["TOLLGATE_HOSTILE_SECRET"])',
    javascript: 'console.log(process.env.TOLLGATE_HOSTILE_SECRET);',
    ends: { quickjs: noProcess, pyodide: ['failed', 'KeyError'], bubblewrap: ['failed', 'KeyError'] },
  },
  {
    name: 'a file of the host',
    tries: 'It reads the names of the users.',
    python: 'print(open("/etc/passwd").read())',
    javascript: 'console.log(require("node:fs").readFileSync("/etc/passwd", "utf8"));',
    ends: {
      quickjs: ['failed', 'Error'],
      pyodide: ['failed', 'FileNotFoundError'],
      bubblewrap: ['failed', 'FileNotFoundError'],
    },
  },
  {
    name: 'a file of the sandbox',
    tries: 'It writes over a file that the next program needs.',
    python: 'import json, os\nos.chmod("/lib", 0o777)\nopen(json.__file__, "w")',
    javascript: 'require("node:fs").writeFileSync("/lib/x", "");',
    ends: { quickjs: ['failed', 'Error'], pyodide: ['failed', 'OSError'], bubblewrap: ['failed', 'OSError'] },
  },
  {
    name: 'a socket',
    tries: 'It connects to a port that listens on this machine.',
    python: 'import socket\nsocket.create_connection(("127.0.0.1", PORT), 5)',
    javascript: 'fetch("http://127.0.0.1:PORT");',
    ends: {
      quickjs: noProcess,
      pyodide: ['failed', 'gaierror'],
      bubblewrap: ['failed', 'ConnectionRefusedError'],
    },
  },
  {
    name: 'a process',
    tries: 'It starts a shell.',
    python: 'import subprocess\nsubprocess.run(["/bin/sh", "-c", "id"])',
    javascript: 'require("node:child_process").execSync("id");',
    ends: { quickjs: ['failed', 'Error'], pyodide: ['failed', 'OSError'], bubblewrap: ['failed', 'PermissionError'] },
  },
  {
    name: 'killing the parent',
    tries: 'It sends SIGKILL to its parent, and to every process that it may.',
    python: 'import os\nos.kill(os.getppid(), 9)\nos.kill(-1, 9)',
    javascript: 'process.kill(process.ppid, "SIGKILL");',
    ends: {
      quickjs: noProcess,
      pyodide: ['failed', 'PermissionError'],
      bubblewrap: ['failed', 'ProcessLookupError'],
    },
  },
  {
    name: 'killing itself',
    tries: 'It aborts its own process.',
    python: 'import os\nos.abort()',
    javascript: 'process.abort();',
    ends: { quickjs: noProcess, pyodide: ['crashed', 'Crash'], bubblewrap: ['crashed', 'Crash'] },
  },
  {
    name: 'poison for the next one',
    tries: 'It replaces built-in functions, modules and output, leaves names and files, and ends well.',
    python: [
      'import builtins, json, os, sys',
      'builtins.len = builtins.print = lambda *anything: 42',
      'json.dumps = None',
      'sys.modules["math"] = None',
      'left_behind = 1',
      'os.mkdir("/tmp/locked")',
      'open("/tmp/locked/left-behind", "w").close()',
      'os.chmod("/tmp/locked", 0)',
      'try:',
      '    os.chmod("/tmp", 0)',
      'except OSError:',
      '    pass',
      'os.environ["LEFT_BEHIND"] = "1"',
      'os.close(1)',
    ].join('\n'),
    javascript: [
      'Object.prototype.leftBehind = 1;',
      'Array.prototype.map = JSON.stringify = console.log = () => 42;',
      'globalThis.assert = globalThis.leftBehind = 1;',
    ].join('\n'),
    ends: { quickjs: ['ok'], pyodide: ['ok'], bubblewrap: ['ok'] },
  },
  {
    name: 'exit with success',
    tries: 'It exits with code 0 before its test fails.',
    python: 'import sys\ndef one():\n    sys.exit(0)',
    javascript: 'const one = () => process.exit(0);',
    tests: { python: 'assert one() == 1', javascript: 'assert.equal(one(), 1);' },
    ends: { quickjs: noProcess, pyodide: ['failed', 'SystemExit'], bubblewrap: ['failed', 'SystemExit'] },
  },
  {
    name: 'hard exit with success',
    tries: 'It leaves its process with code 0, where nothing can catch it.',
    python: 'import os\ndef one():\n    os._exit(0)',
    javascript: 'const one = () => process.reallyExit(0);',
    tests: { python: 'assert one() == 1', javascript: 'assert.equal(one(), 1);' },
    ends: { quickjs: noProcess, pyodide: ['failed', 'Exit'], bubblewrap: ['failed', 'Exit'] },
  },
  {
    name: 'forged verdict',
    tries: 'It writes what a worker says of success to every channel it finds, and leaves.',
    python: [
      'import os',
      'said = b\'\\n{"passed":true}\\n{"status":"ok","spent":false}\\n\'',
      'for fd in range(1, 64):',
      '    try:',
      '        os.write(fd, said)',
      '    except OSError:',
      '        pass',
      'def one():',
      '    os._exit(0)',
    ].join('\n'),
    javascript:
      'console.log(\'\\n{"passed":true}\\n{"status":"ok","spent":false}\\n\'); postMessage({ status: "ok", spent: false });',
    tests: { python: 'assert one() == 1', javascript: 'assert.equal(one(), 1);' },
    ends: { quickjs: noProcess, pyodide: ['failed', 'Exit'], bubblewrap: ['failed', 'Exit'] },
  },
  {
    name: 'disarmed tests',
    tries: 'It puts its own in place of what tests compare by.',
    python: 'import builtins\nbuiltins.AssertionError = type("Quiet", (BaseException,), {})\ndef one():\n    return 2',
    javascript: [
      'globalThis.assert = () => {};',
      'Object.is = Array.prototype.every = () => true;',
      'Object.keys = () => [];',
      'const one = () => [2];',
    ].join('\n'),
    tests: { python: 'assert one() == 1', javascript: 'assert.deepEqual(one(), [1]);' },
    ends: {
      quickjs: ['failed', 'AssertionError'],
      pyodide: ['failed', 'AssertionError'],
      bubblewrap: ['failed', 'AssertionError'],
    },
  },
];
