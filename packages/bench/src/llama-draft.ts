/**
 * What drafting is worth: tokens per second of an edit of code, without drafts, with the prompt as the draft, and with a
 * smaller model. Checks that all answers are the same. By wall time, and by CPU time, which a busy machine does not change.
 *
 *   node --conditions=@tollgate/source packages/bench/src/llama-draft.ts MODEL.gguf DRAFT.gguf [THREADS]
 */
import assert from 'node:assert/strict';
import { generateText } from '@tollgate/sdk';
import { type LlamaCppOptions, llamaCpp } from '@tollgate/sdk/llama-cpp';

const [modelPath, draftPath, threadsText] = process.argv.slice(2);
if (modelPath === undefined || draftPath === undefined) {
  throw new Error('Name two GGUF files: llama-draft.ts MODEL.gguf DRAFT.gguf [THREADS]');
}

const prompt = `Repeat this function and rename shape to figure. Answer with the whole function only.
def area(shape):
    if shape.kind == 'circle':
        return 3.14 * shape.radius * shape.radius
    if shape.kind == 'square':
        return shape.side * shape.side
    raise ValueError(shape.kind)
`;
const drafts: readonly [string, LlamaCppOptions['draft']][] = [
  ['no drafts', undefined],
  ['prompt-lookup', 'prompt-lookup'],
  ['draft model', { modelPath: draftPath }],
];

let answer: string | undefined;
for (const [name, draft] of drafts) {
  const model = await llamaCpp({
    modelPath,
    parallelSamples: 1,
    contextTokens: 512,
    ...(threadsText !== undefined && { threads: Number(threadsText) }),
    ...(draft !== undefined && { draft }),
  });
  // The prompt is evaluated first, so that what follows is the answer alone.
  await generateText(model, prompt, { temperature: 0, maxOutputTokens: 1 });
  const started = performance.now();
  const cpu = process.cpuUsage();
  const { text, candidates, trace } = await generateText(model, prompt, { temperature: 0, maxOutputTokens: 72 });
  const wallSeconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  assert.equal(text, (answer ??= text), 'a draft changed the answer');
  const tokens = candidates[0]?.outputTokens ?? 0;
  const values = [trace, ...trace.children].find((node) => node.values !== undefined)?.values ?? {};
  console.log(
    `${name.padEnd(14)} ${(tokens / wallSeconds).toFixed(1)} tokens/s, ${((tokens * 1e6) / (user + system)).toFixed(1)} per CPU second ${JSON.stringify(values)}`,
  );
  await model.close?.();
}
