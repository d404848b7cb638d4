const namesInstant = /^at$|At$|Until$|Since$/;

/**
 * Makes instants of the texts of properties named `at`, `…At`, `…Until` or `…Since`, in place. JSON.parse can do so on
 * its way, but takes several times as long.
 */
export function reviveInstants<Json>(json: Json): Json {
  if (isObject(json)) reviveProperties(json);
  return json;
}

function reviveProperties(json: Record<string, unknown>): void {
  for (const key of Object.keys(json)) {
    const value = json[key];
    if (isObject(value)) reviveProperties(value);
    else if (typeof value === 'string' && namesInstant.test(key)) json[key] = new Date(value);
  }
}

function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null;
}
