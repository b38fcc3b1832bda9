import { InvalidOptionError } from '@tollgate/sdk';
import { type PythonStatement, pythonStatements } from './python-statements.ts';

/**
 * Python tests, one for each assertion, so that the first few can be run alone and a score says how many passed.
 *
 * Takes assertions at the top level, or those in the body of a function `check(candidate)` as HumanEval has it. Every test has
 * what stood before its assertion, and a loop or block that asserts is one test. `assert True` tests nothing and is left
 * out. Where nothing asserts, the source is the one test.
 *
 * @param entryPoint Name of the function that `check` is called with. @defaultValue the one in the source's own call of `check`
 * @throws InvalidOptionError where `check` is never called and no `entryPoint` is given.
 *
 * @example
 * splitAsserts('assert f(1) == 2\nassert f(2) == 3'); // ['assert f(1) == 2', 'assert f(2) == 3']
 */
export function splitAsserts(source: string, entryPoint?: string): readonly string[] {
  const statements = pythonStatements(source);
  const check = statements.find(({ lines }) => /^def check\s*\(/.test(lines[0] ?? ''));
  if (check === undefined) return orWhole(testsOf(statements), source);
  const called = entryPoint ?? calledWith(statements);
  if (called === undefined) {
    throw new InvalidOptionError(
      'entryPoint',
      'The tests define check(candidate) and never call it. Give the name of the function it tests: splitAsserts(tests, entryPoint).',
    );
  }
  const around = statements
    .filter((each) => each !== check && calledWith([each]) === undefined)
    .map(({ text }) => text);
  const call = `check(${called})`;
  const [head = '', ...body] = check.text.split('\n');
  const tests = testsOf(pythonStatements(body.join('\n'))).map((test) => [...around, head, test, call].join('\n'));
  return orWhole(tests, [...around, check.text, call].join('\n'));
}

function testsOf(statements: readonly PythonStatement[]): readonly string[] {
  const before: string[] = [];
  const tests: string[] = [];
  for (const { text, lines } of statements) {
    const isAssertion = /^assert\b/.test(lines[0] ?? '');
    if (isAssertion ? !/^assert True\s*(?:,|$)/.test(lines[0] ?? '') : isBlockThatAsserts(lines)) {
      tests.push([...before, text].join('\n'));
    }
    if (!isAssertion) before.push(text);
  }
  return tests;
}

function isBlockThatAsserts([first = '', ...inner]: readonly string[]): boolean {
  return !/^(?:@|(?:async\s+)?def\b|class\b)/.test(first) && inner.some((line) => /^assert\b/.test(line));
}

function calledWith(statements: readonly PythonStatement[]): string | undefined {
  for (const { lines } of statements) {
    const [, name] = /^check\s*\(\s*([\w.]+)\s*\)$/.exec(lines[0] ?? '') ?? [];
    if (name !== undefined) return name;
  }
  return undefined;
}

function orWhole(tests: readonly string[], whole: string): readonly string[] {
  return tests.length === 0 ? [whole] : tests;
}
