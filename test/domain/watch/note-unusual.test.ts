import { expect, test } from 'vitest';
import { transition } from '../../../src/domain/job/transition.ts';
import { runFindings } from '../../../src/domain/job/outcomes.ts';
import { aContext, aFailure, aJob, changed, later, minute, now } from '../job/builders.ts';

test.each(runFindings)(
  '%s is announced once for a run, whoever finds it again, and for the next run',
  (finding) => {
    const event = (at: Date) =>
      ({ kind: 'run-unusual', finding, at, failure: aFailure(1), reason: 'It is unusual.' }) as const;
    const { job, decisions } = changed(transition(aJob(), event(now), aContext()));
    expect(decisions).toMatchObject([{ notify: finding }]);
    expect(transition(job, event(now), aContext()).kind).toBe('unchanged');
    expect(changed(transition(job, event(later(minute)), aContext())).decisions).toHaveLength(1);
  },
);
