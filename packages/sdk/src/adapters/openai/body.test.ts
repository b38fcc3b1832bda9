import { expect, it } from 'vitest';
import { rootContext } from '../../leaf/call-context.ts';
import { requestBody } from './body.ts';
import { openaiSettings } from './options.ts';

function messagesAbout(modelId: string): readonly string[] {
  const request = { messages: [{ role: 'user', content: 'Why?' }] } as const;
  const { warnings } = requestBody(openaiSettings(modelId, {}), {
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
  expect(messagesAbout('gpt-6-luna')).toEqual([]);
  expect(messagesAbout('gpt-6-lunna')).toEqual([
    expect.stringMatching(/"gpt-6-lunna" is not in the table.*Did you mean "gpt-6-luna"\?$/),
  ]);
  expect(messagesAbout('my-own-model')).toEqual([expect.not.stringContaining('Did you mean')]);
});
