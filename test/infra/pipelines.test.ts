import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { pipelineProblems } from '../../tools/azure/pipeline-problems.ts';
import { workflowProblems } from '../../tools/azure/workflow-problems.ts';
import { readWorkflow, workflowFile } from './workflow.ts';

const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));

describe('the workflow of GitHub', () => {
  const text = read(workflowFile);

  test('is one that GitHub takes, expressions included', async () => {
    expect(await workflowProblems(workflowFile, text)).toEqual([]);
  });

  test.each([
    ['runs-on:', 'run-on:', /Unexpected value 'run-on'/],
    ['needs: check', 'needs: chek', /depends on unknown job 'chek'/],
    ['${{ vars.ALERT_EMAILS }}', '${{ varz.ALERT_EMAILS }}', /Unrecognized named-value: 'varz'/],
  ])('is refused with %j made %j', async (from, to, problem) => {
    expect((await workflowProblems(workflowFile, text.replace(from, to))).join()).toMatch(problem);
  });

  test('pins each action, signs in by federation, and gives rights only where they are needed', () => {
    const { permissions, jobs } = readWorkflow();
    const uses = Object.values(jobs).flatMap(({ steps }) => steps.flatMap((step) => step.uses ?? []));
    expect(uses.filter((action) => !/@(v\d+|[0-9a-f]{40})$/.test(action))).toEqual([]);
    expect(permissions).toEqual({ contents: 'read' });
    expect(jobs['deploy']?.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  });
});

describe('azure-pipelines.yml', () => {
  const text = read('azure-pipelines.yml');

  test('has the form of a pipeline', () => {
    expect(pipelineProblems(parse(text))).toEqual([]);
  });

  test.each([
    ['dependsOn: Check', 'dependsOn: Chek', /depends on Chek/],
    ['timeoutInMinutes:', 'timeoutInMinute:', /stages\[0\].jobs\[0\]/],
    ['scriptType: bash', 'scriptType: zsh', /./],
  ])('is refused with %j made %j', (from, to, problem) => {
    expect(text).toContain(from);
    expect(pipelineProblems(parse(text.replace(from, to))).join()).toMatch(problem);
  });
});

test.each([workflowFile, 'azure-pipelines.yml'])(
  '%s runs only scripts of package.json, and holds no secret',
  (file) => {
    const text = read(file);
    const named = [...text.matchAll(/npm (?:run ([\w:-]+)|(test)\b)/g)].map(([, run, short]) => run ?? short);
    expect(named).toContain('build');
    expect(named.filter((name) => scripts[name ?? ''] === undefined)).toEqual([]);
    expect(text).not.toMatch(/password|publish-profile|client-secret|creds:/i);
  },
);

function read(file: string): string {
  return readFileSync(file, 'utf8');
}
