import { expect, test } from 'vitest';
import { makeEnvelopes } from '../../fixtures/make-envelopes.ts';

const made = await makeEnvelopes();

test.each(Object.entries(made))('the recorded request %s is what its sender makes', async (name, request) => {
  const text = `${JSON.stringify(request, null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(`../../fixtures/envelopes/${name}.json`);
});
