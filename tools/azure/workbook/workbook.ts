import { createHash } from 'node:crypto';
import { healthSections } from './health-sections.ts';
import { jobSections, parameterQueries } from './job-sections.ts';
import type { Section, Tile } from './tile.ts';

const onApplicationInsights = { queryType: 0, resourceType: 'microsoft.insights/components' };
const hour = 3_600_000;

/** From top to bottom. */
const sections = [...jobSections, ...healthSections];

/**
 * The workbook in the form that Azure keeps: https://github.com/microsoft/Application-Insights-Workbooks, schema
 * workbook.json. Where it is deployed, the resource id of Application Insights takes the placeholder's place.
 */
export function workbook(): object {
  return {
    version: 'Notebook/1.0',
    items: [parameters(), ...sections.map(group)],
    fallbackResourceIds: ['{applicationInsightsId}'],
    $schema: 'https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json',
  };
}

function parameters(): object {
  return {
    type: 9,
    content: {
      version: 'KqlParameterItem/1.0',
      parameters: [timeRange(), choice('Environment', 'Environment'), choice('Job', 'Batch job')],
      style: 'pills',
      ...onApplicationInsights,
    },
    name: 'parameters',
  };
}

function timeRange(): object {
  return {
    id: idOf('TimeRange'),
    version: 'KqlParameterItem/1.0',
    name: 'TimeRange',
    label: 'Time',
    type: 4,
    isRequired: true,
    typeSettings: {
      selectableValues: [1, 4, 24, 48, 168, 720, 2160].map((hours) => ({ durationMs: hours * hour })),
      allowCustom: true,
    },
    value: { durationMs: 48 * hour },
  };
}

function choice(name: 'Environment' | 'Job', label: string): object {
  return {
    id: idOf(name),
    version: 'KqlParameterItem/1.0',
    name,
    label,
    type: 2,
    isRequired: true,
    multiSelect: true,
    quote: "'",
    delimiter: ',',
    query: parameterQueries[name],
    typeSettings: { additionalResourceOptions: ['value::all'], selectAllValue: '*', showDefault: false },
    timeContextFromParameter: 'TimeRange',
    ...onApplicationInsights,
    value: ['value::all'],
  };
}

function group({ title, about, tiles }: Section): object {
  return {
    type: 12,
    content: {
      version: 'NotebookGroup/1.0',
      groupType: 'editable',
      items: [
        { type: 1, content: { json: `## ${title}\n\n${about}` }, name: `${title}: about` },
        ...tiles.map(query),
      ],
    },
    name: title,
  };
}

function query({ title, query: text, visualization, width, ifNone }: Tile): object {
  return {
    type: 3,
    content: {
      version: 'KqlItem/1.0',
      query: text,
      size: visualization === 'tiles' ? 4 : 1,
      title,
      noDataMessage: ifNone,
      noDataMessageStyle: 3,
      timeContextFromParameter: 'TimeRange',
      ...onApplicationInsights,
      visualization,
      ...(visualization === 'tiles' ? { tileSettings: tileSettings() } : {}),
    },
    customWidth: String(width),
    name: title,
  };
}

/** Formatters by number: 1 is text, 12 a big number. */
function tileSettings(): object {
  return {
    titleContent: { columnMatch: 'state', formatter: 1 },
    leftContent: { columnMatch: 'jobs', formatter: 12, formatOptions: { palette: 'auto' } },
    showBorder: true,
  };
}

/** A GUID that is the same each time it is made. */
function idOf(name: string): string {
  const hash = createHash('sha256').update(name).digest('hex');
  return hash.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
