import type { JsonObject } from './json.ts';
import { jsonNumber, toJson } from './json.ts';

/**
 * The spellings of SetBatchJobToWaiting's answer. Microsoft's article uses one in its sample ("Batch JobId",
 * "reponseMessage") and another in its text ("BatchJobId", "ReponseMessage"); actions that return an X++ `str` wrap
 * their answer in `value`, as text.
 */
export const answerSpellings = [
  'wrapped',
  'wrapped-sample',
  'wrapped-object',
  'plain',
  'sample',
  'response-message',
  'camel-case',
  'lower-case',
] as const;

export type AnswerSpelling = (typeof answerSpellings)[number];

export interface ActionAnswer {
  responseStatusCode: number;
  isSuccess: boolean;
  jobId: string;
  exceptionDetails: string;
  message: string;
}

export function spellAnswer(answer: ActionAnswer, spelling: AnswerSpelling, orgUrl: string): JsonObject {
  const context = { '@odata.context': `${orgUrl}/data/$metadata#Edm.String` };
  switch (spelling) {
    case 'wrapped':
      return { ...context, value: toJson(asText(answer)) };
    case 'wrapped-sample':
      return { ...context, value: toJson(asSample(answer)) };
    case 'wrapped-object':
      return { ...context, value: asText(answer) };
    case 'plain':
      return asText(answer);
    case 'sample':
      return asSample(answer);
    case 'response-message':
      return rename(asText(answer), (name) => name.replace('Reponse', 'Response'));
    case 'camel-case':
      return rename(asText(answer), (name) => name.charAt(0).toLowerCase() + name.slice(1));
    case 'lower-case':
      return rename(asText(answer), (name) => name.toLowerCase());
  }
}

function asText(answer: ActionAnswer): JsonObject {
  return {
    ResponseStatusCode: answer.responseStatusCode,
    IsSuccess: answer.isSuccess,
    BatchJobId: jsonNumber(answer.jobId),
    ExceptionDetails: answer.exceptionDetails,
    ReponseMessage: answer.message,
  };
}

function asSample(answer: ActionAnswer): JsonObject {
  return {
    ResponseStatusCode: answer.responseStatusCode,
    IsSuccess: answer.isSuccess,
    'Batch JobId': jsonNumber(answer.jobId),
    ExceptionDetails: answer.exceptionDetails,
    reponseMessage: answer.message,
  };
}

function rename(object: JsonObject, newName: (name: string) => string): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [newName(name), value]));
}
