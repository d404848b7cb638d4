/** Minutes that divide an hour: Azure's timer ticks at the same minutes of every hour. */
const minutes = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60];

export const watchEveryDefault = 'PT5M';

export const watchEveryExpected =
  'expected off, or minutes that divide an hour: PT1M, PT2M, PT3M, PT4M, PT5M, PT6M, PT10M, PT12M, PT15M, PT20M, PT30M, PT1H';

/** How often the watch looks, in minutes; null for `off`. Undefined for any other text. */
export function parseWatchEvery(text: string): number | null | undefined {
  const setting = text.trim().toUpperCase();
  if (setting === 'OFF') return null;
  const found = setting === 'PT1H' ? 60 : Number(/^PT(\d{1,2})M$/.exec(setting)?.[1]);
  return minutes.includes(found) ? found : undefined;
}
