import type { TokenCredential } from '@azure/identity';

type Token = Awaited<ReturnType<TokenCredential['getToken']>>;

/** No token was to be had. Says why by the error's name only: its message may hold what the endpoint answered. */
export class TokenUnavailable extends Error {
  override readonly name = 'TokenUnavailable';
}

/**
 * Asks for each kind of token once at a time, whichever client needs it: @azure/identity sends a request for
 * each of several calls at once. A request outlives the call that made it, so that the next try finds its token.
 */
export class SharedTokens implements TokenCredential {
  readonly #credential: TokenCredential;
  readonly #underWay = new Map<string, Promise<Token>>();

  constructor(credential: TokenCredential) {
    this.#credential = credential;
  }

  getToken(...[scopes, options]: Parameters<TokenCredential['getToken']>): Promise<Token> {
    const kind = JSON.stringify([scopes, options?.claims, options?.tenantId]);
    const underWay = this.#underWay.get(kind);
    if (underWay) return underWay;
    const { abortSignal: _, ...rest } = options ?? {};
    const token = this.#credential
      .getToken(scopes, rest)
      .catch((error: unknown) => {
        throw new TokenUnavailable(`no token (${error instanceof Error ? error.name : typeof error})`);
      })
      .finally(() => this.#underWay.delete(kind));
    this.#underWay.set(kind, token);
    return token;
  }
}
