import { expect, it } from 'vitest';
import { rootContext } from '../../leaf/call-context.ts';
import { requestBody } from './body.ts';
import { anthropicSettings } from './options.ts';

function messagesAbout(modelId: string): readonly string[] {
  const request = { messages: [{ role: 'user', content: 'Why?' }] } as const;
  const { warnings } = requestBody(anthropicSettings(modelId, {}), {
    request,
    original: request,
    attemptId: 'a',
    firstSample: 0,
    context: rootContext(),
    signal: undefined,
    emit: undefined,
  });
  return warnings.map(({ message }) => message);
}

it('says which model was probably meant by one that is not in the table', () => {
  expect(messagesAbout('claude-haiku-5-5')).toEqual([]);
  expect(messagesAbout('claude-haku-5-5')).toEqual([
    expect.stringMatching(/"claude-haku-5-5" is not in the table.*Did you mean "claude-haiku-5-5"\?$/),
  ]);
  expect(messagesAbout('my-own-model')).toEqual([expect.not.stringContaining('Did you mean')]);
});
