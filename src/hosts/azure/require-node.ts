/** The oldest Node.js that has all that the service uses. */
const oldest = 22;

/** Throws one line that says what to do, if the version is too old. Node.js 24 is what is deployed and tested. */
export function requireNode(version: string): void {
  if (Number.parseInt(version, 10) >= oldest) return;
  throw new Error(
    `batch-retry needs Node.js ${oldest} or newer, best 24, and this is ${version}. In Azure: function app > Settings > Configuration > Runtime version.`,
  );
}
