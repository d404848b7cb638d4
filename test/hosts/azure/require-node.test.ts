import { expect, test } from 'vitest';
import { requireNode } from '../../../src/hosts/azure/require-node.ts';

test.each(['22.0.0', '22.23.1', '24.21.0', '26.0.0'])('Node.js %s is taken', (version) => {
  expect(() => requireNode(version)).not.toThrow();
});

test.each(['18.20.4', '20.20.2', '21.7.3'])(
  'Node.js %s is refused, with one line that says what to do',
  (version) => {
    expect(() => requireNode(version)).toThrow(
      `batch-retry needs Node.js 22 or newer, preferably 24; this is ${version}. In Azure: function app > Settings > Configuration > Runtime version.`,
    );
  },
);
