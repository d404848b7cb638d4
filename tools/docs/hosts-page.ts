import { hostDifferences } from '../../test/hosts/host-differences.ts';
import { goodRequests, requests } from '../../test/hosts/requests.ts';
import { markdownTable } from './markdown-table.ts';

/** The page on the two hosts, made of what the test of both plays. */
export function hostsPage(): string {
  const played = requests.filter(({ isUnrouted }) => isUnrouted === true).length;
  const rows = hostDifferences.map(({ request, azure, local, reason, isPlayed }) => [
    isPlayed ? `${request} (${played} of the ${requests.length})` : request,
    azure,
    local,
    reason,
  ]);
  return `# The two hosts

The service runs as an Azure Functions app and by \`npm start\`. A test plays ${requests.length} requests to both: to the
local host, and to the functions as they are registered with the library of Azure Functions. They are those that each of
the ${Object.keys(goodRequests).length} routes takes, as they are, with a slash at the end, by another method, by HEAD and in capitals, and
ids, parameters, media types and bodies of all kinds. Status, body and headers are the same, but for what the table says.
Made by \`npm run generate\`.

${markdownTable(['Request', 'Azure', 'Local host', 'Why it stays'], rows)}

A stand-in for the platform finds the function of a request, as the Functions host was seen to do when it ran from its
public source. There the limit of 100 MiB was seen, too. That the platform asks for the key is documented.
`;
}
