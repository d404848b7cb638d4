import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readBicep } from './bicep-file.ts';

const alerts = readBicep('infra/modules/alerts.bicep');
const monitoring = readBicep('infra/modules/monitoring.bicep');

describe.runIf(existsSync('infra/alerts.json'))('the files that the Bicep loads', () => {
  test('are there', () => {
    const loaded = [alerts, monitoring].flatMap(({ root }) =>
      [...root.text.matchAll(/load(?:Json|Text)Content\('\.\.\/([^']+)'\)/g)].map(([, file]) => file),
    );
    expect(loaded).toEqual(['alerts.json', 'workbook.json']);
    expect(loaded.filter((file) => !existsSync(`infra/${file}`))).toEqual([]);
  });

  test('have in each alert what the rules take from it, and nothing else', () => {
    const rules: Record<string, unknown>[] = JSON.parse(readFileSync('infra/alerts.json', 'utf8'));
    const taken = alerts.members.flatMap(({ text }) => {
      const [, key] = /^rule\.(\w+)$/.exec(text) ?? [];
      return key ? [key] : [];
    });
    expect(rules.length).toBeGreaterThan(5);
    for (const rule of rules) expect(Object.keys(rule).toSorted()).toEqual([...new Set(taken)].toSorted());
  });

  test('have in the workbook the place that takes the id of the Application Insights resource', () => {
    const [, place = ''] = /loadTextContent\([^)]*\), '([^']+)'/.exec(monitoring.root.text) ?? [];
    expect(place).toMatch(/^\{\w+\}$/);
    expect(readFileSync('infra/workbook.json', 'utf8')).toContain(place);
  });

  test('are as many alert rules as docs/costs.md counts', () => {
    const rules: { evaluationFrequency: string }[] = JSON.parse(readFileSync('infra/alerts.json', 'utf8'));
    const often = rules.filter(({ evaluationFrequency }) => evaluationFrequency === 'PT5M').length;
    const rows = /^\| Alert rules .*\n\| Alert rules .*$/m.exec(readFileSync('docs/costs.md', 'utf8'))?.[0];
    const counted = [...(rows ?? '').matchAll(/\| (\d+) +\|/g)].map(([, count]) => Number(count));
    expect(counted).toEqual([often, rules.length - often]);
  });
});
