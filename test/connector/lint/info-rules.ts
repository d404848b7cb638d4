import { type Rule, unless } from './rule.ts';

const categories = [
  'AI',
  'Business Intelligence',
  'Business Management',
  'Collaboration',
  'Commerce',
  'Communication',
  'Content and Files',
  'Data',
  'Finance',
  'Human Resources',
  'IT Operations',
  'Internet of Things',
  'Lifestyle and Entertainment',
  'Marketing',
  'Productivity',
  'Sales and CRM',
  'Security',
  'Social Media',
  'Website',
];

export const infoRules: Rule[] = [
  {
    sentence: 'The title has at most 30 characters',
    check: ({ definition: { info } }) => unless(info.title.length > 0 && info.title.length <= 30, info.title),
    broken: [['/definition/info/title', 'Batch Retry for finance and operations']],
  },
  {
    sentence: 'The title ends with a letter or a digit',
    check: ({ definition: { info } }) => unless(/[A-Za-z0-9]$/.test(info.title), info.title),
    broken: [['/definition/info/title', 'Batch Retry.']],
  },
  {
    sentence: 'The title has none of "API", "Connector" and "Power Automate"',
    check: ({ definition: { info } }) =>
      ['api', 'connector', 'power automate'].filter((word) => info.title.toLowerCase().includes(word)),
    broken: [
      ['/definition/info/title', 'Batch Retry API'],
      ['/definition/info/title', 'Batch Retry Connector'],
      ['/definition/info/title', 'Retry for Power Automate'],
    ],
  },
  {
    sentence: 'The description has 30 to 500 characters',
    check: ({ definition: { info } }) =>
      unless(info.description.length >= 30 && info.description.length <= 500, `${info.description.length}`),
    broken: [
      ['/definition/info/description', 'Retries batch jobs.'],
      ['/definition/info/description', 'Retries. '.repeat(60)],
    ],
  },
  {
    sentence: 'The contact has name, url and email',
    check: ({ definition: { info } }) => [
      ...unless(info.contact.name !== '', 'no name'),
      ...unless(URL.canParse(info.contact.url), 'no url'),
      ...unless(/^\S+@\S+\.\S+$/.test(info.contact.email), 'no email'),
    ],
    broken: [
      ['/definition/info/contact/name', ''],
      ['/definition/info/contact/url', undefined],
      ['/definition/info/contact/email', 'somebody'],
    ],
  },
  {
    sentence:
      'x-ms-connector-metadata has Website, Privacy policy and at most 2 known Categories joined by ";"',
    check: ({ definition }) => {
      const metadata = new Map(
        definition['x-ms-connector-metadata'].map(({ propertyName, propertyValue }) => [
          propertyName,
          propertyValue,
        ]),
      );
      const given = (metadata.get('Categories') ?? '').split(';');
      return [
        ...['Website', 'Privacy policy'].filter((name) => !URL.canParse(metadata.get(name) ?? '')),
        ...unless(given.length <= 2, `${given.length} categories`),
        ...given.filter((category) => !categories.includes(category)),
      ];
    },
    broken: [
      [
        '/definition/x-ms-connector-metadata/0',
        { propertyName: 'Site', propertyValue: 'https://contoso.com' },
      ],
      ['/definition/x-ms-connector-metadata/1/propertyValue', 'none'],
      ['/definition/x-ms-connector-metadata/2/propertyValue', 'Finance;Data;Security'],
      ['/definition/x-ms-connector-metadata/2/propertyValue', 'Batch jobs'],
    ],
  },
];
