import satisfies from 'spdx-satisfies';

/** A component of a CycloneDX document, as `npm sbom` writes it. */
export type Component = {
  name: string;
  version: string;
  'bom-ref': string;
  licenses?: ({ license: { id?: string; name?: string } } | { expression: string })[];
};

/** SPDX ids of licences that ask for no more than to be named. */
const permissive = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
  'Unlicense',
];

/** As SPDX writes it, such as `MIT` or `(MIT OR Apache-2.0)`; empty if none is known. */
export function licenceOf({ licenses = [] }: Component): string {
  return licenses
    .map((entry) =>
      'expression' in entry ? entry.expression : (entry.license.id ?? entry.license.name ?? ''),
    )
    .join(' AND ');
}

/** Of licences to choose from one must be permissive; of licences that hold together, all. */
export function isPermissive(licence: string): boolean {
  try {
    return satisfies(licence, permissive);
  } catch {
    return false; // It is no expression of SPDX.
  }
}
