/** The oldest Node.js that has everything that the service uses. */
const oldest = 22;

/**
 * Throws an error that says in one line what to do, if the version is too old. Deployments and tests use Node.js
 * 24.
 */
export function requireNode(version: string): void {
  if (Number.parseInt(version, 10) >= oldest) return;
  throw new Error(
    `batch-retry needs Node.js ${oldest} or newer, preferably 24; this is ${version}. In Azure: function app > Settings > Configuration > Runtime version.`,
  );
}
