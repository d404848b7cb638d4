/** No token was given. The message says why, without secrets, in at most 300 characters, without a final period. */
export class SignInFailure extends Error {
  override readonly name = 'SignInFailure';
  /** Whether a person must change something, such as an expired secret; otherwise it may pass. */
  readonly needsPerson: boolean;

  constructor(message: string, needsPerson: boolean) {
    super(message);
    this.needsPerson = needsPerson;
  }
}
