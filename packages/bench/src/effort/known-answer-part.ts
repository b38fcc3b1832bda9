import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { effortController, withEffort } from '@tollgate/budget';
import { EOS, writeKnownAnswerGguf } from '@tollgate/sdk/known-answer';
import { llamaCpp } from '@tollgate/sdk/llama-cpp';
import { printHeading, printReport } from './row.ts';

/** Calls llama.cpp with weights that think for a length of known distribution: geometric, with the same chance to end at each token. */
export async function knownAnswerPart(calls: number): Promise<void> {
  printHeading(
    'llama.cpp, known-answer weights that think: geometric lengths, real engine, real end of reasoning at the cap',
  );
  const folder = mkdtempSync(join(tmpdir(), 'effort-'));
  try {
    for (const [name, ending, temperature, endless] of [
      // Likelier than the engine's own filter of rare tokens (min-p) lets pass.
      ['ends by itself', 0.06, 1, false],
      ['never ends by itself', 0.3, 0, true],
    ] as const) {
      const modelPath = join(folder, `thinks-${ending}.gguf`);
      writeKnownAnswerGguf(modelPath, {
        vocabulary: ['q', '<think>', '</think>', '\n', '\n\n', 'hm ', 'yes'],
        probabilities: {
          q: { '<think>': 1 },
          '<think>': { 'hm ': 1 },
          '\n': { 'hm ': 1 },
          'hm ': { 'hm ': 1 - ending, '</think>': ending },
          '</think>': { '\n\n': 1 },
          '\n\n': { yes: 1 },
          yes: { [EOS]: 1 },
        },
        chatTemplate: "{{ bos_token }}{% for m in messages %}{{ m.content.split('</think>')[-1] }}{% endfor %}",
      });
      const model = await llamaCpp({ modelPath, modelId: name, threads: 1, contextTokens: 512 });
      for (const fraction of endless ? [0.25, 0.5, 0.75] : [0.25, 0.5, 0.75, 1]) {
        // Where it never ends nothing can be learned of its average, which is stated then.
        const controller = effortController(endless ? { referenceCalls: 0, priorTokens: 60 } : {});
        const part = withEffort(model, { fraction, taskClass: 'q', controller });
        let over = 0;
        let answered = 0;
        const steps = endless ? calls : calls + 10;
        for (let call = 0; call < steps; call += 1) {
          const result = await part.generate({ messages: [{ role: 'user', content: 'q' }], temperature, seed: call });
          const cap = Number(result.trace.values?.['reasoning cap'] ?? 0);
          const used = result.charges[0]?.usage.outputReasoning ?? Infinity;
          if (used > cap || (endless && used !== cap)) over += 1;
          const text = result.candidates[0]?.content.find(({ type }) => type === 'text');
          if (text !== undefined && 'text' in text && text.text === 'yes') answered += 1;
        }
        printReport(name, controller, endless ? undefined : 1 / ending + 1);
        process.stdout.write(
          `${''.padEnd(34)} past the cap${endless ? ' or short of it' : ''}: ${over} of ${steps}, answered: ${answered}\n`,
        );
      }
      await model.close?.();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
