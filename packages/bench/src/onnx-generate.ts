/**
 * Tokens per second of the ONNX adapter and of transformers.js `generate`, on the same weights and prompt, interleaved round by
 * round: one greedy answer and eight at once, with one thread each and with the defaults of both. The first tokens of greedy
 * answers are checked to be equal before anything is timed.
 *
 *   node --conditions=@tollgate/source packages/bench/src/onnx-generate.ts MODEL_FOLDER [ROUNDS]
 *
 * transformers.js is no dependency (its tree is 474 MB). Where it is missing the bench says how to get it, and
 * `TRANSFORMERS_HOME` names a folder where it is installed beside.
 */
import assert from 'node:assert/strict';
import { basename, dirname, resolve } from 'node:path';
import { generateText, type Model } from '@tollgate/sdk';
import { onnx } from '@tollgate/sdk/onnx';
import { median } from './median.ts';
import { openTransformers, type TransformersPeer } from './onnx-transformers.ts';

const [modelPath, roundsText = '5'] = process.argv.slice(2);
if (modelPath === undefined) throw new Error('Name a model folder: onnx-generate.ts MODEL_FOLDER [ROUNDS]');

const tokens = 64;
const prompt = 'Write a long story about a lighthouse keeper.';
// Short answers are checked: in a long one there is a near tie sooner or later, and rounding decides it.
const checkedTokens = 8;
const questions = [
  'What is the capital of France?',
  'What colour is the sky?',
  'Name the first three letters of the alphabet.',
];
const folder = resolve(modelPath);
const home = { root: dirname(folder), name: basename(folder) };

for (const [name, options] of [
  ['one thread each', { threads: 1 }],
  ['their own defaults', {}],
] as const) {
  const model = await onnx({ modelPath: folder, contextTokens: 512, ...options });
  const peer = await openTransformers({ ...home, ...options });
  for (const question of questions) {
    const theirs = await peer.generate(question, { rows: 1, tokens: checkedTokens });
    const ours = await generateText(model, question, { temperature: 0, maxOutputTokens: checkedTokens });
    assert.equal(ours.text, theirs.text, `the greedy answers to "${question}" differ`);
  }
  for (const rows of [1, 8]) {
    const ours: Round[] = [];
    const theirs: Round[] = [];
    for (let round = 0; round < Number(roundsText); round += 1) {
      ours.push(await adapterRound(model, rows));
      theirs.push(await peerRound(peer, rows));
    }
    const of = (rounds: readonly Round[], what: keyof Round): number => median(rounds.map((round) => round[what]));
    const [own, other] = [of(ours, 'tokensPerSecond'), of(theirs, 'tokensPerSecond')];
    const [ownCpu, otherCpu] = [of(ours, 'cpuMsPerToken'), of(theirs, 'cpuMsPerToken')];
    console.log(`${name}, ${rows} at once`);
    console.log(
      `  tokens/s     adapter ${own.toFixed(1)}   transformers.js ${other.toFixed(1)}   ratio ${(own / other).toFixed(2)}`,
    );
    console.log(
      `  CPU ms/token adapter ${ownCpu.toFixed(1)}   transformers.js ${otherCpu.toFixed(1)}   ratio ${(ownCpu / otherCpu).toFixed(2)}`,
    );
  }
  await model.close?.();
  await peer.close();
}

async function adapterRound(subject: Model, rows: number): Promise<Round> {
  // Another conversation first: the prompt shall be evaluated anew, as the other one does.
  await subject.generate({ messages: [{ role: 'system', content: '.' }], maxOutputTokens: 1 });
  return timed(async () => {
    const { candidates, charges } = await generateText(subject, prompt, {
      temperature: 0,
      samples: rows,
      maxOutputTokens: tokens,
    });
    assert.equal(candidates.length, rows);
    assert.ok((charges[0]?.usage.cacheRead ?? 0) < 8, 'the prompt was evaluated anew');
    return candidates.reduce((sum, candidate) => sum + (candidate.outputTokens ?? 0), 0);
  });
}

function peerRound(peer: TransformersPeer, rows: number): Promise<Round> {
  return timed(async () => (await peer.generate(prompt, { rows, tokens })).tokens);
}

/** What a round took. Processor time hardly depends on what else the machine does. */
interface Round {
  readonly tokensPerSecond: number;
  readonly cpuMsPerToken: number;
}

async function timed(round: () => Promise<number>): Promise<Round> {
  const started = performance.now();
  const before = process.cpuUsage();
  const made = await round();
  const { user, system } = process.cpuUsage(before);
  return {
    tokensPerSecond: (made * 1000) / (performance.now() - started),
    cpuMsPerToken: (user + system) / 1000 / made,
  };
}
