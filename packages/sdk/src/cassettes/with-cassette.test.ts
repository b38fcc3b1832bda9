import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RecordingGuard } from '../leaf/__fixtures__/recording-guard.ts';
import { rootContext } from '../leaf/call-context.ts';
import { textOf } from '../strategy/whole-text.ts';
import { scriptedModel } from '../testing/scripted-model.ts';
import { withCassette } from './with-cassette.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cassette-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const messages = [{ role: 'user', content: 'Why?' }] as const;

it('asks for what is missing once, and never again', async () => {
  const file = join(folder, 'a.jsonl');
  const live = scriptedModel([{ text: 'because' }]);
  const recording = await withCassette(live, { file });
  expect((await recording.generate({ messages })).candidates.map(textOf)).toEqual(['because']);
  await recording.close?.();
  const again = await withCassette(scriptedModel([{ text: 'new' }]), { file });
  expect((await again.generate({ messages })).candidates.map(textOf)).toEqual(['because']);
  expect((await again.generate({ messages: [{ role: 'user', content: 'How?' }] })).candidates.map(textOf)).toEqual([
    'new',
  ]);
  await again.close?.();
});

it('replays without the model: held and charged, streams too, and what is missing is an error', async () => {
  const file = join(folder, 'b.jsonl');
  const recording = await withCassette(scriptedModel([{ text: 'because so' }]), { file, match: 'exact' });
  await recording.generate({ messages });
  await recording.close?.();
  const untouched = scriptedModel([]);
  const model = await withCassette(untouched, { file, mode: 'replay' });
  const guard = new RecordingGuard();
  const stream = model.stream({ messages, context: rootContext({ guards: [guard] }) });
  const texts: string[] = [];
  for await (const part of stream) if (part.type === 'text-delta') texts.push(part.text);
  expect(texts.join('')).toBe('because so');
  expect(guard.settlements).toHaveLength(1);
  await expect(model.generate({ messages: [{ role: 'user', content: 'How?' }] })).rejects.toMatchObject({
    code: 'cassette-miss',
  });
  expect(untouched.calls).toHaveLength(0);
  await model.close?.();
});

it('says what is wrong with a file or a name', async () => {
  const missing = withCassette(scriptedModel([]), { file: join(folder, 'none.jsonl'), mode: 'replay' });
  await expect(missing).rejects.toMatchObject({ code: 'invalid-file' });
  const file = join(folder, 'c.jsonl');
  await (await withCassette(scriptedModel([]), { file, name: 'small' })).close?.();
  await expect(withCassette(scriptedModel([]), { file, mode: 'replay' })).rejects.toMatchObject({
    code: 'unknown-reference',
  });
});
