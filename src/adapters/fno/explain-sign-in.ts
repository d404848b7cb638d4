import { isObject } from '../../events/schema-validator.ts';
import { parseObject } from './answer-body.ts';
import { describeEntraError } from './entra-error.ts';
import { SignInFailure } from '../shared/sign-in-failure.ts';
import type { TokenAnswer } from './token-answers.ts';

/** The settings of @azure/identity. */
export type SignInSettings = Readonly<Record<string, string | undefined>>;

const maxLength = 300;

/** Azure's own endpoint for managed identities. @azure/identity tries it wherever it runs. */
const metadataHost = '169.254.169.254';

/** Entra's secrets are longer, and a shorter text may be a part of any word. */
const shortestSecret = 8;

const nothingSetUp =
  'no way to sign in is set up: turn on the managed identity in Azure, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET';
const unresolvedReference =
  'AZURE_CLIENT_SECRET is a Key Vault reference that Azure could not resolve: check the reference, and that the identity of the app may read the secret';

/**
 * Explains why @azure/identity gave no token, and whether a person must act: by the answers first, then by the
 * settings.
 */
export function explainSignIn(
  error: unknown,
  answers: readonly TokenAnswer[],
  settings: SignInSettings,
): SignInFailure {
  const { message, needsPerson } = isUnresolved(settings)
    ? { message: unresolvedReference, needsPerson: true }
    : (fromAnswers(answers, settings) ?? fromError(error, settings));
  return new SignInFailure(scrub(message, settings), needsPerson);
}

type Explained = { message: string; needsPerson: boolean };

function isUnresolved(settings: SignInSettings): boolean {
  return /^\s*@Microsoft\.KeyVault\(/i.test(settings['AZURE_CLIENT_SECRET'] ?? '');
}

function fromAnswers(all: readonly TokenAnswer[], settings: SignInSettings): Explained | null {
  const answers = all.filter((answer) => !isOutsideAzure(answer));
  const refusal = answers.findLast(({ status }) => status === null || status < 200 || status >= 300);
  if (!refusal) {
    const message = 'the token endpoint answered without a token';
    return answers.length === 0 ? null : { message, needsPerson: false };
  }
  const { status, body } = refusal;
  if (status === null) return { message: `no answer from the token endpoint: ${body}`, needsPerson: false };
  const entraError = describeEntraError(textOf(body), maxLength);
  const isRefused = status >= 400 && status < 500 && !isTransient(refusal);
  const needsPerson = isRefused && (entraError !== null || isIdentity(refusal, settings));
  if (entraError !== null) return { message: entraError, needsPerson };
  if (!needsPerson) return { message: `the token endpoint answered HTTP ${status}`, needsPerson };
  return { message: noIdentity(textOf(body) || `HTTP ${status}`), needsPerson };
}

/** If nothing answers as Azure does, there is no managed identity that could have failed. */
function isOutsideAzure({ url, status, body }: TokenAnswer): boolean {
  return URL.parse(url)?.hostname === metadataHost && (status === null || parseObject(body) === null);
}

/**
 * Throttling and timeouts are transient; so are a managed identity's 404 and 410, while its endpoint is being
 * updated.
 */
function isTransient({ url, status, body }: TokenAnswer): boolean {
  if (status === 408 || status === 429) return true;
  if (parseObject(body)?.['error'] === 'temporarily_unavailable') return true;
  return URL.parse(url)?.hostname === metadataHost && (status === 404 || status === 410);
}

function isIdentity({ url }: TokenAnswer, settings: SignInSettings): boolean {
  const endpoints = [settings['IDENTITY_ENDPOINT'], settings['MSI_ENDPOINT'], `http://${metadataHost}/`];
  return endpoints.some((endpoint) => endpoint && url.startsWith(endpoint));
}

function noIdentity(message: string): string {
  const remedy =
    'Turn on the managed identity of the app, or set AZURE_CLIENT_ID to the client ID of the one it has';
  const start = 'no managed identity: ';
  return `${start}${message.replace(/\.$/, '').slice(0, maxLength - start.length - remedy.length - 2)}. ${remedy}`;
}

/** Reads the message in a token endpoint's JSON, in OAuth 2.0's form or App Service's. */
function textOf(body: string): string {
  const json = parseObject(body);
  const message = json?.['error_description'] ?? json?.['message'];
  return typeof message === 'string' ? message : '';
}

/**
 * Explains a failure before any request: no way to sign in is set up, it cannot be used, or the library waits after
 * an outage.
 */
function fromError(error: unknown, settings: SignInSettings): Explained {
  const texts = textsOf(error);
  const entraError = texts.flatMap((text) => describeEntraError(text, maxLength) ?? []).at(-1);
  if (isOfNoCredential(error)) return { message: entraError ?? whatIsMissing(settings), needsPerson: true };
  if (entraError !== undefined) return { message: entraError, needsPerson: false };
  const message =
    texts
      .at(-1)
      ?.split(/[\r\n]/)[0]
      ?.trim() ?? '';
  if (message === '') return { message: 'the token endpoint failed a moment ago', needsPerson: false };
  return { message, needsPerson: true };
}

/** Whether no way to sign in was available. */
function isOfNoCredential(error: unknown): boolean {
  const names = ['AggregateAuthenticationError', 'CredentialUnavailableError', 'AuthenticationRequiredError'];
  return error instanceof Error && names.includes(error.name);
}

function whatIsMissing(settings: SignInSettings): string {
  const names = ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET'];
  const missing = names.filter((name) => !settings[name]?.trim());
  if (missing.length === 0 || !settings['AZURE_CLIENT_SECRET']?.trim()) return nothingSetUp;
  return `AZURE_CLIENT_SECRET is set, but not ${missing.join(' and ')}`;
}

/**
 * Collects the error's own text, or that of each error in a chain, without the wrapping that @azure/identity adds.
 */
function textsOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  if ('errors' in error && Array.isArray(error.errors)) return error.errors.flatMap(textsOf);
  const response = 'errorResponse' in error ? error.errorResponse : null;
  const description = isObject(response) ? response['errorDescription'] : null;
  return [typeof description === 'string' ? description : error.message];
}

/** Removes the secret and e-mail addresses, wherever they come from. */
function scrub(message: string, settings: SignInSettings): string {
  const secret = settings['AZURE_CLIENT_SECRET']?.trim() ?? '';
  const clean = secret.length < shortestSecret ? message : message.replaceAll(secret, '(secret)');
  return clean
    .replaceAll(/[^\s@]+@[^\s@]+/g, '(e-mail address)')
    .slice(0, maxLength)
    .replace(/\.$/, '');
}
