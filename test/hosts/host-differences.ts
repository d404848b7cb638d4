/** Where the two hosts answer differently, and why that stays. */
export type HostDifference = {
  request: string;
  azure: string;
  local: string;
  reason: string;
  /** Whether the list of requests has such ones; what the platform does by itself cannot be played here. */
  isPlayed: boolean;
};

const noRoute: HostDifference = {
  request: 'No route has this path and method; HEAD is a method of its own',
  azure: '404, empty',
  local: '404, the problem `not-found`, which names method and path',
  reason:
    'On Azure the platform answers before the app does. A route of ours for all other paths would be an invocation, paid for and logged, for each scanner that comes by',
  isPlayed: true,
};

export const hostDifferences: readonly HostDifference[] = [
  noRoute,
  {
    request: 'No function key, or a wrong one',
    azure: '401, empty',
    local: '401, the problem `unauthorized`, if `FUNCTION_KEY` is set; else no key is asked for',
    reason: 'On Azure the platform knows the keys, and the app does not',
    isPlayed: false,
  },
  {
    request: 'A body above 100 MiB',
    azure: '500, empty',
    local: '413, the problem `too-large`',
    reason: 'On Azure the platform ends the request; up to its limit both answer 413 above 1 MiB',
    isPlayed: false,
  },
];
