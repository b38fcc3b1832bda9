import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { RecordedRun } from './recorded-run.ts';

/** US dollars per million tokens of Claude 3.5 Sonnet in October 2024: the recorded costs leave out what is read from the cache. */
const sonnet = { input: 3, cacheRead: 0.3, output: 15 };
/** For runs of which only tokens are recorded. */
export const assumedPrice = { input: 1, output: 4 };

/** moatless-tools on SWE-bench Lite, with a prompt cache. Tokens of each turn are exact. */
export function readMoatless(folder: string): readonly RecordedRun[] {
  return linesOf<{
    instance: string;
    resolved: number;
    turns: [uncached: number, output: number, usd: number, action: string, cached: number, observation: number][];
  }>(join(folder, 'agent_turns_exact/moatless_sonnet35_1022_lite.jsonl.gz')).map(({ instance, resolved, turns }) => ({
    task: instance,
    model: 'claude-3.5-sonnet-1022',
    solved: resolved === 1,
    finished: ['Finish', 'Reject'].includes(turns.at(-1)?.[3] ?? ''),
    turns: turns.map(([uncached, output, , action, cached]) => ({
      costUsd: (uncached * sonnet.input + cached * sonnet.cacheRead + output * sonnet.output) / 1e6,
      promptTokens: uncached + cached,
      edited: action === 'EditActionArguments',
    })),
  }));
}

/** SWE-agent on Java issues, without a cache. The cost of a run is exact and is spread over its turns by their lengths. */
export function readSweAgent(folder: string): readonly RecordedRun[] {
  return linesOf<{
    instance: string;
    model: string;
    resolved: number;
    exit: string | null;
    cost_usd: number;
    prefix_chars: number;
    turns: [response: number, observation: number, action: string][];
  }>(join(folder, 'agent_turns_exact/multi_swe_java_sweagent.jsonl.gz'))
    .filter(({ turns, model }) => turns.length > 0 && !model.includes('mini'))
    .map(({ instance, model, resolved, exit, cost_usd: costUsd, prefix_chars: prefix, turns }) => {
      let prompt = prefix;
      const weights = turns.map(([response, observation]) => {
        const weight = prompt + 4 * response;
        prompt += response + observation;
        return weight;
      });
      const all = weights.reduce((sum, weight) => sum + weight, 0);
      return {
        task: `${model} ${instance}`,
        model,
        solved: resolved === 1,
        finished: exit === 'submitted',
        turns: turns.map(([, , action], i) => ({
          costUsd: (costUsd * (weights[i] ?? 0)) / all,
          edited: action === 'edit' || action === 'create',
        })),
      };
    });
}

/** MINT: short tasks at a limit of 1 to 5 turns, which the model was told. Priced by assumption. */
export function readMint(folder: string, maxTurns: number): readonly RecordedRun[] {
  const [header = '', ...rows] = gunzipSync(readFileSync(join(folder, 'mint_turns/runs.csv.gz')))
    .toString()
    .split('\n');
  const names = header.split(',');
  return rows.flatMap((row) => {
    const cells = row.split(',');
    const cell = (name: string): string => cells[names.indexOf(name)] ?? '';
    const [prompt, output, turns] = ['prompt_tokens', 'completion_tokens', 'turns'].map((name) => Number(cell(name)));
    if (cell('feedback') !== 'None' || Number(cell('max_turns')) !== maxTurns) return [];
    // Models whose tokens nobody counted, and runs that broke off before an answer.
    if (prompt === undefined || output === undefined || turns === undefined || prompt <= 0 || turns < 1) return [];
    const costs = mintCosts(cell('message_chars').split(' ').map(Number), { prompt, output, turns });
    return [
      {
        task: `${cell('model')} ${cell('task')} ${cell('task_id')}`,
        model: cell('model'),
        solved: cell('success') === '1',
        // Two wrong proposals are an end of its own; the last turn without one is the limit.
        finished: cell('terminate') === 'task_success' || cell('terminate') === 'max_propose_steps',
        turns: costs.map((costUsd) => ({ costUsd })),
      },
    ];
  });
}

/** The cost of a run over its turns, by the lengths of its messages: prompt, answer, observation, answer, … */
function mintCosts(
  characters: readonly number[],
  { prompt, output, turns }: { readonly prompt: number; readonly output: number; readonly turns: number },
): readonly number[] {
  const answers = Array.from({ length: turns }, (_, i) => characters[2 * i + 1] || 1);
  const prompts = answers.map((_, i) => characters.slice(0, 2 * i + 1).reduce((sum, one) => sum + one, 0) || i + 1);
  const [allAnswers, allPrompts] = [answers, prompts].map((list) => list.reduce((sum, one) => sum + one, 0));
  return answers.map(
    (answer, i) =>
      (assumedPrice.input * prompt * (prompts[i] ?? 0)) / (allPrompts ?? 1) / 1e6 +
      (assumedPrice.output * output * answer) / (allAnswers ?? 1) / 1e6,
  );
}

function linesOf<Line>(path: string): readonly Line[] {
  const text = gunzipSync(readFileSync(path)).toString();
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [JSON.parse(line) as Line]));
}
