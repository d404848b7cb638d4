import { readFileSync } from 'node:fs';
import type { Results } from '../../bench/results.ts';
import { measuredBlock } from '../../bench/report/measured-block.ts';
import { resultsPage } from '../../bench/report/results-page.ts';
import { alertsTable } from './alerts-table.ts';
import { azdVariables } from './azd-variables.ts';
import { commandsPage } from './commands-page.ts';
import { connectorOperations } from './connector-operations.ts';
import { delaysPage } from './delays-page.ts';
import { fnoAnswersPage } from './fno-answers-page.ts';
import type { Block } from './generated-block.ts';
import { hostsPage } from './hosts-page.ts';
import { outcomesPage } from './outcomes-page.ts';
import { phasesPicture } from './phases-picture.ts';
import { policyKeys } from './policy-keys.ts';
import { problemsPage } from './problems-page.ts';
import { roomsPicture } from './rooms-picture.ts';
import { routesPage } from './routes-page.ts';
import { settingsPage } from './settings-page.ts';
import { standsPage } from './stands-page.ts';
import { storageLimits } from './storage-limits.ts';
import { storageOperationsPage } from './storage-operations-page.ts';
import { telemetryPage } from './telemetry-page.ts';

/** The pages that are made as a whole. */
export const pages: Readonly<Record<string, () => string | Promise<string>>> = {
  'docs/reference/settings.md': settingsPage,
  'docs/reference/routes.md': routesPage,
  'docs/reference/problems.md': problemsPage,
  'docs/reference/outcomes.md': outcomesPage,
  'docs/reference/fno-answers.md': fnoAnswersPage,
  'docs/reference/what-still-stands.md': standsPage,
  'docs/reference/delays.md': delaysPage,
  'docs/reference/storage-operations.md': storageOperationsPage,
  'docs/reference/telemetry.md': telemetryPage,
  'docs/reference/hosts.md': hostsPage,
  'bench/results.md': () => resultsPage(benchResults()),
  'docs/develop/commands.md': () => commandsPage((file) => readFileSync(file, 'utf8')),
};

function benchResults(): Results {
  return JSON.parse(readFileSync('bench/results.json', 'utf8'));
}

/** The parts of pages that are made. */
export function blocks(): Block[] {
  return [
    { page: 'docs/operate/deploy.md', name: 'azd variables', content: azdVariables() },
    { page: 'docs/operate/policy.md', name: 'policy keys', content: policyKeys() },
    { page: 'docs/operate/performance.md', name: 'measured', content: measuredBlock(benchResults()) },
    { page: 'docs/operate/performance.md', name: 'limits', content: storageLimits() },
    { page: 'docs/operate/troubleshooting.md', name: 'alerts', content: alertsTable() },
    { page: 'docs/develop/architecture.md', name: 'rooms', content: roomsPicture() },
    { page: 'docs/develop/architecture.md', name: 'phases', content: phasesPicture() },
    { page: 'connector/README.md', name: 'connector operations', content: connectorOperations() },
  ];
}
