import { publisher } from './content.ts';
import { writeXml, type Xml } from './write-xml.ts';

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
  return writeXml({
    ImportExportXml: {
      '@version': '9.2.0.0',
      '@SolutionPackageVersion': '9.2',
      '@languagecode': '1033',
      '@generatedBy': 'CrmLive',
      '@xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
      SolutionManifest: {
        UniqueName: solution.uniqueName,
        LocalizedNames: { LocalizedName: localized(solution.displayName) },
        Descriptions: { Description: localized(solution.description) },
        Version: version,
        Managed: '0',
        Publisher: publisherXml(),
        RootComponents: { RootComponent: components.map(rootComponent) },
        MissingDependencies: '',
      },
    },
  });
}

function rootComponent(component: RootComponent): Xml {
  return {
    '@type': component.type,
    ...('id' in component ? { '@id': `{${component.id}}` } : {}),
    ...('schemaName' in component ? { '@schemaName': component.schemaName } : {}),
    '@behavior': '0',
  };
}

function publisherXml(): Xml {
  return {
    UniqueName: publisher.uniqueName,
    LocalizedNames: { LocalizedName: localized(publisher.name) },
    Descriptions: '',
    EMailAddress: unset,
    SupportingWebsiteUrl: unset,
    CustomizationPrefix: publisher.prefix,
    CustomizationOptionValuePrefix: '28940',
    Addresses: { Address: [address(1), address(2)] },
  };
}

const unset: Xml = { '@xsi:nil': 'true' };

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
  return {
    AddressNumber: String(number),
    ...Object.fromEntries(addressFields.map((field) => [field, unset])),
  };
}

function localized(description: string): Xml {
  return { '@description': description, '@languagecode': '1033' };
}
