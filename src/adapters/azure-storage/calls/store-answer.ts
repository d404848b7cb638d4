/** A storage service's answer to a request that failed. */
export type StoreAnswer = {
  /** HTTP status; undefined if no answer came. */
  status: number | undefined;
  /** The service's own code, or the network's if no answer came. */
  code: string | undefined;
};

/**
 * Reads an error of the Azure SDKs; null for any other. A single table operation keeps the code in
 * `details.odataError`, a table transaction and the queues in `code`. Checks the error's name, so that no SDK is
 * loaded for its class.
 */
export function storeAnswer(error: unknown): StoreAnswer | null {
  if (!(error instanceof Error) || error.name !== 'RestError') return null;
  const status = property(error, 'statusCode');
  const code =
    property(property(property(error, 'details'), 'odataError'), 'code') ?? property(error, 'code');
  return {
    status: typeof status === 'number' ? status : undefined,
    code: typeof code === 'string' ? code : undefined,
  };
}

export function isAnswer(error: unknown, ...codes: string[]): boolean {
  const code = storeAnswer(error)?.code;
  return code !== undefined && codes.includes(code);
}

/**
 * Codes of a conditional write that did not apply: the row exists, has another version, or is gone.
 * @see https://learn.microsoft.com/rest/api/storageservices/table-service-error-codes
 */
export function isConflict(error: unknown): boolean {
  return isAnswer(
    error,
    'EntityAlreadyExists',
    'UpdateConditionNotSatisfied',
    'ConditionNotMet',
    'ResourceNotFound',
    'EntityNotFound',
  );
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined;
}
