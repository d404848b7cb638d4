import type { ActionElements } from '../../../src/domain/outcome.ts';

/** The elements of F&O's answer, for outcomes where they do not matter. */
export const action: ActionElements = {
  responseStatusCode: 200,
  isSuccess: true,
  exceptionDetails: null,
  responseMessage: null,
};
