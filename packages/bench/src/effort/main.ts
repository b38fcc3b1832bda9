/**
 * Effort fractions, asked and measured: on recorded lengths, and on llama.cpp with a model that thinks.
 *
 *   node --conditions=@tollgate/source packages/bench/src/effort/main.ts --data FOLDER [--only recorded|known-answer|real] [--gguf FILE] [--calls 100]
 *
 * `--data` holds `mot_samples`. No lengths of reasoning models are in it: what stands in for reasoning is the recorded
 * length of GPT-3.5's answers with a chain of thought (characters / 4). Each part says what of it is recorded and what is simulated.
 */
import { parseArgs } from 'node:util';
import { knownAnswerPart } from './known-answer-part.ts';
import { realPart } from './real-part.ts';
import { recordedPart } from './recorded-part.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    only: { type: 'string' },
    gguf: { type: 'string' },
    calls: { type: 'string', default: '100' },
  },
});
const calls = Number(values.calls);
const wanted = (part: string): boolean => values.only === undefined || values.only === part;
if (wanted('recorded') && values.data !== undefined) recordedPart(values.data, calls);
if (wanted('known-answer')) await knownAnswerPart(calls);
if (wanted('real') && values.gguf !== undefined) await realPart(values.gguf, calls);
