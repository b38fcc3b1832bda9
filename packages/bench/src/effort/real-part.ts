import { copyFileSync, mkdtempSync, openSync, closeSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { effortController, withEffort } from '@tollgate/budget';
import { llamaCpp } from '@tollgate/sdk/llama-cpp';
import { printHeading, printReport } from './row.ts';

/**
 * Calls a real chat model that was not made to think: a copy of its file gets a chat template that opens a thought, and the
 * prompt asks for steps. It is no reasoner; its lengths are real all the same, and the engine ends them at the cap.
 */
export async function realPart(gguf: string, calls: number): Promise<void> {
  printHeading('llama.cpp, real weights with a chat template that opens a thought (not trained to reason)');
  const folder = mkdtempSync(join(tmpdir(), 'effort-'));
  try {
    const modelPath = join(folder, 'thinks.gguf');
    copyFileSync(gguf, modelPath);
    openThoughts(modelPath);
    const model = await llamaCpp({ modelPath, threads: 1, contextTokens: 1024, parallelSamples: 1 });
    const controller = effortController({ priorTokens: 100, referenceCalls: 10 });
    const part = withEffort(model, { fraction: 0.5, taskClass: 'sums', controller });
    let over = 0;
    for (let call = 0; call < calls + 10; call += 1) {
      const [a, b] = [11 + ((call * 7) % 80), 3 + ((call * 5) % 9)];
      const result = await part.generate({
        messages: [
          {
            role: 'user',
            content: `A box holds ${a} pens. How many pens are in ${b} boxes? Think step by step, write </think>, then only the number.`,
          },
        ],
        maxOutputTokens: 400,
        temperature: 0.7,
        seed: call,
      });
      const used = result.charges[0]?.usage.outputReasoning ?? Infinity;
      if (used > Number(result.trace.values?.['reasoning cap'])) over += 1;
      const text =
        result.candidates[0]?.content.flatMap((each) => (each.type === 'text' ? [each.text] : [])).join('') ?? '';
      controller.reportCorrect({
        resultId: result.trace.id,
        correct: new RegExp(`(?<!\\d)${a * b}(?!\\d)`).test(text),
      });
    }
    printReport('sums', controller);
    process.stdout.write(`${''.padEnd(34)} past the cap: ${over} of ${calls + 10}\n`);
    await model.close?.();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Replaces the chat template in a file's header by one of the same length. */
function openThoughts(modelPath: string): void {
  const file = openSync(modelPath, 'r+');
  try {
    const header = Buffer.alloc(16_000_000);
    readSync(file, header, 0, header.length, 0);
    const key = Buffer.from('tokenizer.chat_template');
    const at = header.indexOf(key);
    if (at === -1) throw new Error(`${modelPath} has no chat template.`);
    // After the key: the type of the value, its length, the text.
    const lengthAt = at + key.length + 4;
    const bytes = Number(header.readBigUInt64LE(lengthAt));
    const template =
      "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n<think>\n{% endif %}";
    if (template.length + 5 > bytes) throw new Error(`The chat template of ${modelPath} is too short to be replaced.`);
    const text = `${template}{#${' '.repeat(bytes - template.length - 4)}#}`;
    writeSync(file, text, lengthAt + 8);
  } finally {
    closeSync(file);
  }
}
