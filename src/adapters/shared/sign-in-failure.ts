/**
 * The credential gave no token. The message says why, without secrets, in at most 300 characters, without a final
 * period.
 */
export class SignInFailure extends Error {
  override readonly name = 'SignInFailure';
  /** Whether a person must change something, such as an expired secret. Otherwise the failure may be transient. */
  readonly needsPerson: boolean;

  constructor(message: string, needsPerson: boolean) {
    super(message);
    this.needsPerson = needsPerson;
  }
}
