// Eight programs are drawn, parsed and run against tests in a sandbox; what passes is voted on. The programs come from a
// script here; put a model of your own in its place.
import assert from 'node:assert/strict';
import { explain, generateText, passesTests, parses, pruneThenRank, sourceCode } from 'tollgate';
import { quickjsSandbox } from 'tollgate/sandbox';
import { scriptedModel } from 'tollgate/testing';

const right = 'function double(x) { return 2 * x }';
const model = scriptedModel([
  {
    texts: [
      'function double(x) { return x + 2 }',
      '```js\nfunction double(x { return 2 * x }\n```',
      `Here it is:\n\`\`\`js\n${right}\n\`\`\``,
      'function double(x) { return x * x }',
      `\`\`\`js\n// doubles\n${right}\n\`\`\``,
      'function double(x) { for (;;); }',
      'function double(x) { return x << 1 }',
      'function double(x) { return x + 2 }',
    ],
  },
]);

const sandbox = quickjsSandbox();
const coder = pruneThenRank(model, {
  samples: 8,
  answer: sourceCode({ language: 'javascript' }),
  stages: [parses({ sandbox }), passesTests({ sandbox, timeoutMs: 500 })],
  keepTimeouts: false,
});
const tests = [
  'if (double(3) !== 6) throw new Error(`double(3) is ${double(3)}`)',
  'if (double(0) !== 0) throw new Error(`double(0) is ${double(0)}`)',
];
const result = await generateText(coder, 'Write double(x) in JavaScript.', { evidence: { tests } });
console.log(`${result.text}\n\n${result.decision.reason}\n\n${explain(result.trace)}`);
await sandbox.close();

assert.ok(result.text.includes(right));
assert.equal(result.decision.status, 'accepted');
