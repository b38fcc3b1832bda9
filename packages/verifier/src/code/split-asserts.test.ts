import { InvalidOptionError } from '@tollgate/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitAsserts } from './split-asserts.ts';

describe('splitAsserts', () => {
  it('makes a test of each assertion at the top level, with what stood before it', () => {
    const tests = splitAsserts('import math\nassert f(1) == 2\nx = f(2)\n\n# a comment\nassert x == 3, "no"\n');
    expect(tests).toEqual(['import math\nassert f(1) == 2', 'import math\nx = f(2)\nassert x == 3, "no"']);
  });

  it('makes a test of each assertion of check, with all around it', () => {
    const source = [
      'METADATA = {',
      "    'author': 'x',",
      '}',
      '',
      'def check(candidate):',
      '    # Easy ones',
      '    assert True, "for debugging"',
      '    a = [',
      '        1,',
      '    ]',
      '    assert candidate(a) == (',
      '        1',
      '    )',
      '    assert candidate("""',
      'text""") == 2',
    ].join('\n');
    const around = "METADATA = {\n    'author': 'x',\n}\ndef check(candidate):\n    a = [\n        1,\n    ]\n";
    expect(splitAsserts(source, 'solve')).toEqual([
      `${around}    assert candidate(a) == (\n        1\n    )\ncheck(solve)`,
      `${around}    assert candidate("""\ntext""") == 2\ncheck(solve)`,
    ]);
  });

  it('takes the name from the call of the source, unless one is given', () => {
    const source = 'def check(candidate):\n    assert candidate() == 1\n\ncheck(solve)\n';
    expect(splitAsserts(source)).toEqual(['def check(candidate):\n    assert candidate() == 1\ncheck(solve)']);
    expect(splitAsserts(source, 'other')[0]).toMatch(/check\(other\)$/);
  });

  it('says what is missing where check is never called', () => {
    expect(() => splitAsserts('def check(candidate):\n    assert candidate() == 1')).toThrow(InvalidOptionError);
  });

  it.each([
    ['a loop that asserts', 'for i in range(3):\n    if i:\n        assert f(i) == i\n    else:\n        pass'],
    ['a block with clauses', 'try:\n    f(0)\n    assert False\nexcept ValueError:\n    pass'],
  ])('takes %s as one test', (_, source) => {
    expect(splitAsserts(`${source}\nassert f(9) == 9`)).toEqual([source, `${source}\nassert f(9) == 9`]);
  });

  it.each([
    ['a function', 'def near(a, b):\n    assert abs(a - b) < 1'],
    ['a decorated function', '@cache\n@other\ndef near(a, b):\n    assert abs(a - b) < 1'],
    ['an async function', 'async def near(a, b):\n    assert a'],
    ['a class', 'class Near:\n    def at(self):\n        assert self'],
  ])('takes %s that asserts as what tests need', (_, source) => {
    expect(splitAsserts(`${source}\nassert near(1, 1)`)).toEqual([`${source}\nassert near(1, 1)`]);
  });

  it.each([
    ['statements on lines that go on', 'x = 1 + \\\n    2\nassert f(x)', ['x = 1 + \\\n    2\nassert f(x)']],
    ['nothing that asserts', 'print(f(1))', ['print(f(1))']],
    ['assertions of nothing', 'assert True\nassert True, "x"', ['assert True\nassert True, "x"']],
    ['brackets in strings', 'assert f("(") == 1\nassert f(2) == 2', ['assert f("(") == 1', 'assert f(2) == 2']],
    ['True as a part', 'assert True == f(1)', ['assert True == f(1)']],
  ])('reads %s', (_, source, tests) => {
    expect(splitAsserts(source)).toEqual(tests);
  });

  it('makes as many tests as there are assertions', () => {
    const statement = fc.constantFrom('assert f([\n  1]) == """\n"""', 'assert g("#") # why', 'x = {\n}', '# note', '');
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 8 }), (statements) => {
        const asserted = statements.filter((each) => each.startsWith('assert'));
        const tests = splitAsserts(statements.join('\n'));
        expect(tests).toHaveLength(Math.max(1, asserted.length));
        for (const [i, each] of asserted.entries()) expect(tests[i]?.endsWith(each)).toBe(true);
      }),
      { seed: 6 },
    );
  });
});
