import { Problem } from './problem.ts';
import { bodyReader } from './read-body.ts';
import { bodyProblems, type Route } from './route.ts';
import { jsonAnswer } from './route-answer.ts';

const readCandidate = bodyReader<{ policy: object; days?: number | null }>({
  type: 'object',
  required: ['policy'],
  additionalProperties: false,
  properties: {
    policy: { type: 'object' },
    days: { type: ['integer', 'null'], minimum: 1, maximum: 90 },
  },
});

const defaultDays = 30;

/** Reports what a policy would have decided on the recorded failures. Changes nothing. */
export const previewPolicyRoute: Route = {
  name: 'preview-policy',
  method: 'POST',
  path: 'policy/preview',
  auth: 'function',
  summary:
    'What another policy would have done with the recorded failures of the last days. Changes nothing, sends nothing. An estimate: it uses the failures as they came',
  answers: { 200: 'The preview; `complete` is false if it did not read everything' },
  problems: [...bodyProblems, 'invalid-body', 'invalid-policy', 'store-unavailable'],
  async handle(useCases, request) {
    const { policy, days } = await readCandidate(request);
    const read = useCases.readPolicy(policy);
    if (!read.ok) {
      const errors = read.places
        .slice(0, 20)
        .map(({ pointer, message }) => ({ pointer: `/policy${pointer}`, message }));
      const detail = errors.map(({ pointer, message }) => `${pointer} ${message}`).join('; ');
      throw new Problem('invalid-policy', `${detail}.`, errors);
    }
    return jsonAnswer(await useCases.previewPolicy(read.entries, days ?? defaultDays));
  },
};
