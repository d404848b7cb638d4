import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseActionAnswer, parseErrorMessage, parseObject } from '../../../src/adapters/fno/answer-body.ts';

/** As in the documentation's sample, its misspelling included. */
const documented = {
  ResponseStatusCode: 200,
  IsSuccess: true,
  'Batch JobId': 5637144576,
  ExceptionDetails: '',
  reponseMessage: 'The batch job was set to waiting.',
};
const read = {
  isSuccess: true,
  responseStatusCode: 200,
  batchJobId: '5637144576',
  exceptionDetails: null,
  responseMessage: 'The batch job was set to waiting.',
};

test('the documented answer is read', () => {
  expect(answerOf(documented)).toEqual(read);
});

test.each(['reponseMessage', 'ReponseMessage', 'ResponseMessage', 'responsemessage'])(
  'the message may be spelled %s',
  (name) => {
    const { reponseMessage, ...rest } = documented;
    expect(answerOf({ ...rest, [name]: reponseMessage })).toEqual(read);
  },
);

test.each(['Batch JobId', 'BatchJobId', 'batchJobId', 'BATCH JOBID'])('the id may be spelled %s', (name) => {
  const { 'Batch JobId': id, ...rest } = documented;
  expect(answerOf({ ...rest, [name]: id })).toEqual(read);
});

test.each([
  ['as text inside value', { value: JSON.stringify(documented) }],
  ['as an object inside value', { value: documented }],
  ['beside the OData context', { '@odata.context': 'https://x/$metadata#Edm.String', ...documented }],
  [
    'as text beside the OData context',
    { '@odata.context': '#Edm.String', value: JSON.stringify(documented) },
  ],
])('the answer may stand %s', (_where, body) => {
  expect(answerOf(body)).toEqual(read);
});

test.each([
  ['true', true],
  ['True', true],
  ['FALSE', false],
  [false, false],
])('IsSuccess may be %j', (IsSuccess, isSuccess) => {
  expect(answerOf({ ...documented, IsSuccess })).toMatchObject({ isSuccess });
});

test.each([
  ['there is none', {}],
  ['it is null', { IsSuccess: null }],
  ['it is a number', { IsSuccess: 1 }],
  ['it is another word', { IsSuccess: 'yes' }],
  ['value holds only true', { value: true }],
  ['value holds text that is no JSON', { value: 'Done.' }],
  ['value holds text, whatever stands beside it', { value: 'Done.', IsSuccess: true }],
])('no IsSuccess, no answer: %s', (_what, body) => {
  expect(answerOf(body)).toBeNull();
});

test.each([
  ['HTML', '<!DOCTYPE html><html><body>Servicing: "IsSuccess":true</body></html>'],
  ['nothing', ''],
  ['JSON that was cut', '{"IsSuccess":true,'],
  ['a list', '[{"IsSuccess":true}]'],
  ['true', 'true'],
  ['an answer that says two things', '{"IsSuccess":true,"IsSuccess":false}'],
])('%s is no answer', (_what, body) => {
  expect(parseActionAnswer(body)).toBeNull();
});

test('a refusal is explained by ExceptionDetails beside the message', () => {
  const refused = { ...documented, IsSuccess: false };
  expect(answerOf({ ...refused, ExceptionDetails: 'Job is locked.' })).toMatchObject({
    isSuccess: false,
    exceptionDetails: 'Job is locked.',
    responseMessage: 'The batch job was set to waiting.',
  });
  expect(answerOf({ IsSuccess: false })).toEqual({
    isSuccess: false,
    responseStatusCode: null,
    batchJobId: null,
    exceptionDetails: null,
    responseMessage: null,
  });
});

test.each([
  [200, 200],
  ['200', 200],
  [500, 500],
  [0, null],
  [null, null],
  ['', null],
  [' ', null],
  ['0x1F4', null],
  [true, null],
  [{}, null],
  ['OK', null],
  [undefined, null],
])('ResponseStatusCode %j is read as %j', (ResponseStatusCode, responseStatusCode) => {
  expect(answerOf({ ...documented, ResponseStatusCode })).toMatchObject({ responseStatusCode });
});

test('every int64 keeps its digits, as a number and as text', () => {
  const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  fc.assert(
    fc.property(int64, (id) => {
      const batchJobId = String(id);
      expect(parseActionAnswer(`{"IsSuccess":true,"Batch JobId":${id}}`)).toMatchObject({ batchJobId });
      expect(parseActionAnswer(`{"IsSuccess":true,"BatchJobId":"${id}"}`)).toMatchObject({ batchJobId });
      const wrapped = JSON.stringify({ value: `{"IsSuccess":true,"Batch JobId":${id}}` });
      expect(parseActionAnswer(wrapped)).toMatchObject({ batchJobId });
    }),
  );
});

test('an e-mail address in a message is masked', () => {
  const message = 'Owned by bob.smith@example.com; ask <ann@example.com>.';
  expect(answerOf({ ...documented, reponseMessage: message })?.responseMessage).toBe(
    'Owned by (e-mail address) ask (e-mail address)',
  );
  expect(parseErrorMessage(JSON.stringify({ error: { message } }))).not.toContain('@');
});

test('a long message is cut, and no part of an e-mail address is left where it is cut', () => {
  fc.assert(
    fc.property(fc.integer({ min: 470, max: 510 }), (length) => {
      const text = `${'word '.repeat(200).slice(0, length)} bob.smith@example.com ${'word '.repeat(200)}`;
      const message = answerOf({ ...documented, reponseMessage: text })?.responseMessage ?? '';
      expect(message.length).toBeLessThanOrEqual(500);
      expect(message).not.toMatch(/bob|smith|@|example/);
    }),
  );
});

test('an OData error says what its innermost message says', () => {
  const error = { code: '', message: 'An error has occurred.', innererror: { message: 'Job not found.' } };
  expect(parseErrorMessage(JSON.stringify({ error }))).toBe('Job not found.');
  expect(parseErrorMessage('{"error":{"code":"","message":"An error has occurred."}}')).toBe(
    'An error has occurred.',
  );
  expect(parseErrorMessage('{"error":{"message":"Outer","innererror":{"message":""}}}')).toBe('Outer');
});

test("ASP.NET's own error is read too", () => {
  expect(parseErrorMessage('{"Message":"No HTTP resource was found."}')).toBe('No HTTP resource was found.');
});

test('no stack trace comes along', () => {
  const innererror = { message: 'Boom', type: 'System.Exception', stacktrace: 'at Dynamics.Secret()' };
  expect(parseErrorMessage(JSON.stringify({ error: { innererror } }))).toBe('Boom');
});

test.each(['<html>', '', '[]', 'null', '{"error":"denied"}', '{"error":{"message":5}}', '{"Message":null}'])(
  'nothing is said by %j',
  (body) => {
    expect(parseErrorMessage(body)).toBeNull();
  },
);

test('the fields of an entity are given as they are named, and nothing else than an object is one', () => {
  expect(parseObject('{"Status":"Error","BatchJobRecId":9223372036854775807}')).toEqual({
    Status: 'Error',
    BatchJobRecId: 9223372036854775807n,
  });
  for (const body of ['[]', 'null', '5', '<html>', '']) expect(parseObject(body)).toBeNull();
});

test('whatever the body is, it is read or it is none', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
      expect(parseActionAnswer(body)?.isSuccess ?? null).toBeOneOf([true, false, null]);
    }),
  );
});

function answerOf(body: object) {
  return parseActionAnswer(JSON.stringify(body));
}
