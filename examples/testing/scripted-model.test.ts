import { vote } from '@tollgate/router';
import { generateText } from '@tollgate/sdk';
import { scriptedModel } from '@tollgate/sdk/testing';
import { expect, it } from 'vitest';

it('takes the answer that most samples give', async () => {
  using model = scriptedModel([{ text: '41' }, { text: '42' }, { text: '42' }]);
  const { text } = await generateText(vote(model, { samples: 3 }), 'Six times seven?');
  expect(text).toBe('42');
  expect(model.calls).toHaveLength(3);
});
