/** A person's input cannot be used. The message says what was found and what is expected. */
export class InputError extends Error {
  override readonly name = 'InputError';
}
