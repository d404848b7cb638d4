import { expect, test } from 'vitest';
import { aServiceWithCauses } from '../../helpers/a-service-with-causes.ts';

test.each([
  ['https://login.microsoftonline.us', 'https://api.loganalytics.us'],
  ['https://login.microsoftonline.us/', 'https://api.loganalytics.us'],
  ['https://login.chinacloudapi.cn', 'https://api.loganalytics.azure.cn'],
  ['https://login.microsoftonline.com', 'https://api.loganalytics.io'],
  ['https://login.of.nobody.example', 'https://api.loganalytics.io'],
  ['', 'https://api.loganalytics.io'],
  [undefined, 'https://api.loganalytics.io'],
])('with AZURE_AUTHORITY_HOST %s the texts come from %s, with a token for it', async (host, address) => {
  await using service = await aServiceWithCauses(host === undefined ? {} : { authorityHost: host }, address);
  const eventId = await service.fail();
  service.write();
  await service.pass(1);
  expect(await service.causesInHistory()).toEqual([{ eventId, reason: 'Account 4711 is blocked.' }]);
  expect(service.logs.queries).toHaveLength(1);
});
