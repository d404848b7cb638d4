/**
 * Ends what cannot run on this Node.js with one line that says what to type. Plain JavaScript, as an older Node.js
 * has to run it: loaded first by the scripts of package.json, which run the Node.js that comes with the packages.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `batch-retry runs on Node.js 24, which comes with its packages, but this is ${process.versions.node}: npm was told to run no install scripts. Type: npm rebuild node --ignore-scripts=false`,
  );
  process.exit(1);
}
