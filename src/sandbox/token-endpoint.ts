import { randomBytes } from 'node:crypto';
import type { Clock } from '../ports/clock.ts';
import type { Answer } from './answer.ts';
import { jsonAnswer } from './answer.ts';

export const tokenPath = '/MSI/token';

const lifetimeMs = 24 * 60 * 60 * 1000;

/**
 * Issues tokens as App Service's managed identity endpoint does.
 * @see https://learn.microsoft.com/azure/app-service/overview-managed-identity (REST endpoint reference)
 */
export class TokenEndpoint {
  /** Callers must send it as `x-identity-header`. */
  readonly secret = randomBytes(16).toString('hex').toUpperCase();
  readonly #tokens = new Map<string, { resource: string; expiresAt: number }>();
  readonly #clock: Clock;
  readonly #url: string;
  #issued = 0;

  constructor(clock: Clock, baseUrl: string) {
    this.#clock = clock;
    this.#url = `${baseUrl}${tokenPath}`;
  }

  get environment(): { IDENTITY_ENDPOINT: string; IDENTITY_HEADER: string } {
    return { IDENTITY_ENDPOINT: this.#url, IDENTITY_HEADER: this.secret };
  }

  get issued(): number {
    return this.#issued;
  }

  answer(parameters: URLSearchParams): Answer {
    if (parameters.get('api-version') !== '2019-08-01') return problem('api-version must be 2019-08-01');
    const resource = parameters.get('resource');
    if (!resource) return problem('resource is missing');
    const { token, expiresAt } = this.#issue(resource);
    return jsonAnswer(200, {
      access_token: token,
      expires_on: String(Math.floor(expiresAt / 1000)),
      resource,
      token_type: 'Bearer',
    });
  }

  /** Whether an Authorization header carries a valid token of this endpoint for `resource`. */
  accepts(authorization: string | undefined, resource: string): boolean {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    const known = token === undefined ? undefined : this.#tokens.get(token);
    if (!known || known.expiresAt <= this.#clock.now().getTime()) return false;
    return known.resource.replace(/\/$/, '') === resource;
  }

  /** Invalidates all tokens issued so far. */
  revokeAll(): void {
    this.#tokens.clear();
  }

  #issue(resource: string): { token: string; expiresAt: number } {
    const now = this.#clock.now().getTime();
    for (const [token, { expiresAt }] of this.#tokens) if (expiresAt <= now) this.#tokens.delete(token);
    const token = randomBytes(32).toString('base64url');
    const expiresAt = now + lifetimeMs;
    this.#tokens.set(token, { resource, expiresAt });
    this.#issued += 1;
    return { token, expiresAt };
  }
}

function problem(message: string): Answer {
  return jsonAnswer(400, { statusCode: 400, message });
}
