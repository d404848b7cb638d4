import { publisher } from './content.ts';
import { element, type Xml, xmlDocument } from './xml.ts';

/** Kinds of components: https://learn.microsoft.com/power-apps/developer/data-platform/reference/entities/solutioncomponent */
export type RootComponent =
  | { type: '29'; id: string }
  | { type: '372'; id: string; schemaName: string }
  | { type: '380'; schemaName: string };

/** The manifest of a solution, as Power Platform exports it. */
export function solutionXml(
  solution: { uniqueName: string; displayName: string; description: string },
  version: string,
  components: readonly RootComponent[],
): string {
  return xmlDocument(
    element(
      'ImportExportXml',
      {
        version: '9.2.0.0',
        SolutionPackageVersion: '9.2',
        languagecode: '1033',
        generatedBy: 'CrmLive',
        'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
      },
      element(
        'SolutionManifest',
        {},
        element('UniqueName', {}, solution.uniqueName),
        localized('LocalizedName', solution.displayName),
        localized('Description', solution.description),
        element('Version', {}, version),
        element('Managed', {}, '0'),
        publisherXml(),
        element('RootComponents', {}, ...components.map(rootComponent)),
        element('MissingDependencies', {}),
      ),
    ),
  );
}

function rootComponent(component: RootComponent): Xml {
  return element('RootComponent', {
    type: component.type,
    ...('id' in component ? { id: `{${component.id}}` } : {}),
    ...('schemaName' in component ? { schemaName: component.schemaName } : {}),
    behavior: '0',
  });
}

function publisherXml(): Xml {
  return element(
    'Publisher',
    {},
    element('UniqueName', {}, publisher.uniqueName),
    localized('LocalizedName', publisher.name),
    element('Descriptions', {}),
    unset('EMailAddress'),
    unset('SupportingWebsiteUrl'),
    element('CustomizationPrefix', {}, publisher.prefix),
    element('CustomizationOptionValuePrefix', {}, '28940'),
    element('Addresses', {}, address(1), address(2)),
  );
}

const addressFields = [
  'AddressTypeCode',
  'City',
  'County',
  'Country',
  'Fax',
  'FreightTermsCode',
  'ImportSequenceNumber',
  'Latitude',
  'Line1',
  'Line2',
  'Line3',
  'Longitude',
  'Name',
  'PostalCode',
  'PostOfficeBox',
  'PrimaryContactName',
  'ShippingMethodCode',
  'StateOrProvince',
  'Telephone1',
  'Telephone2',
  'Telephone3',
  'TimeZoneRuleVersionNumber',
  'UPSZone',
  'UTCOffset',
  'UTCConversionTimeZoneCode',
];

/** Every export has two addresses, and nothing in them. */
function address(number: number): Xml {
  return element('Address', {}, element('AddressNumber', {}, String(number)), ...addressFields.map(unset));
}

function unset(name: string): Xml {
  return element(name, { 'xsi:nil': 'true' });
}

function localized(name: string, description: string): Xml {
  return element(`${name}s`, {}, element(name, { description, languagecode: '1033' }));
}
