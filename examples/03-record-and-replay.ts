// Record what models answer once, then run on the recording: the same answers and the same bill, without the models.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finalNumber, generateText, perToken, vote } from 'tollgate';
import { openCassette } from 'tollgate/cassettes';
import { scriptedModel } from 'tollgate/testing';

const folder = mkdtempSync(join(tmpdir(), 'tollgate-'));
const path = join(folder, 'answers.jsonl');
const price = perToken({ inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.4 });
const question = 'Compute 7 * 8.';
try {
  // Recording asks the model, five samples in one call, and appends each answer to the file.
  const live = scriptedModel([{ texts: ['56', '54', '7 * 8 = 56', '56', '63'] }], { modelId: 'small', pricing: price });
  const tape = await openCassette(path, { mode: 'record' });
  const recorded = await generateText(
    vote(tape.record('small', live), { samples: 5, answer: finalNumber() }),
    question,
  );
  await tape.close();
  console.log(`recorded: ${recorded.text}, ${recorded.decision.reason}, $${recorded.costUsd}`);

  // Replaying asks nobody. A recording is a pool: samples of a request come in order, and none twice in one session.
  const cassette = await openCassette(path, { mode: 'replay' });
  const small = cassette.replay('small', { pricing: price });
  const replayed = await generateText(vote(small, { samples: 3, answer: finalNumber() }), question);
  console.log(`replayed: ${replayed.text}, ${replayed.decision.reason}, $${replayed.costUsd}`);
  assert.equal(live.calls.length, 1);
  assert.equal(replayed.text, '56');

  // Two of the five are left, so three more are an error, not an invention. A new session starts from the first again.
  await assert.rejects(generateText(vote(small, { samples: 3 }), question), { code: 'exhausted' });
  const again = cassette.replay('small', { session: cassette.session(), pricing: price });
  const all = await generateText(vote(again, { samples: 5, answer: finalNumber() }), question);
  assert.equal(all.costUsd, recorded.costUsd);

  // Another question was never asked. The error names the nearest request on the tape.
  const missed = await generateText(again, question, { temperature: 0 }).catch((error: unknown) => error);
  assert.ok(missed instanceof Error);
  console.log(missed.message.replace(path, 'answers.jsonl'));
} finally {
  rmSync(folder, { recursive: true });
}
