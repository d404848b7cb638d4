import type { TokenCredential } from '@azure/identity';

type Token = Awaited<ReturnType<TokenCredential['getToken']>>;

/**
 * The credential gave no token. The message holds only the error's name: the error's own message may quote the
 * endpoint's answer.
 */
export class TokenUnavailable extends Error {
  override readonly name = 'TokenUnavailable';
}

/**
 * Lets all clients share one pending request for each kind of token: @azure/identity sends one for each of several
 * concurrent calls. A request outlives the call that made it, so that the next attempt finds its token.
 */
export class SharedTokens implements TokenCredential {
  readonly #credential: TokenCredential;
  readonly #pending = new Map<string, Promise<Token>>();

  constructor(credential: TokenCredential) {
    this.#credential = credential;
  }

  getToken(...[scopes, options]: Parameters<TokenCredential['getToken']>): Promise<Token> {
    const kind = JSON.stringify([scopes, options?.claims, options?.tenantId]);
    const pending = this.#pending.get(kind);
    if (pending) return pending;
    const { abortSignal: _, ...rest } = options ?? {};
    const token = this.#credential
      .getToken(scopes, rest)
      .catch((error: unknown) => {
        throw new TokenUnavailable(`no token (${error instanceof Error ? error.name : typeof error})`);
      })
      .finally(() => this.#pending.delete(kind));
    this.#pending.set(kind, token);
    return token;
  }
}
