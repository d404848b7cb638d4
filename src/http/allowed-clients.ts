import { isObject } from '../events/schema-validator.ts';
import { Problem } from './problem.ts';
import type { RouteRequest } from './route.ts';

/** The claims that name the calling application: `appid` in tokens of version 1, `azp` in those of version 2. */
const clientClaims = new Set(['appid', 'azp']);

/**
 * Throws a Problem unless App Service authentication has signed the caller in with Entra ID as one of these
 * applications. App Service names the application in a header that no caller can set.
 * @see https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
 * @see https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
 */
export function requireAllowedClient(request: RouteRequest, allowed: readonly string[] | null): void {
  if (allowed === null) return;
  const ids = clientIds(request.headers.get('x-ms-client-principal'));
  if (ids.length > 0 && ids.every((id) => allowed.includes(id))) return;
  const found =
    ids.length === 0
      ? 'The caller is not signed in with Entra ID as an application'
      : 'The caller is signed in as an application that is not allowed';
  throw new Problem('forbidden', `${found}; the settings list the allowed applications.`);
}

function clientIds(header: string | null): string[] {
  const principal = header === null ? null : parse(Buffer.from(header, 'base64').toString('utf8'));
  if (!isObject(principal) || principal['auth_typ'] !== 'aad') return [];
  const claims: unknown = principal['claims'];
  if (!Array.isArray(claims)) return [];
  return claims.flatMap((claim: unknown) => {
    const isClientId = isObject(claim) && clientClaims.has(String(claim['typ']));
    return isClientId && typeof claim['val'] === 'string' ? [claim['val'].toLowerCase()] : [];
  });
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
