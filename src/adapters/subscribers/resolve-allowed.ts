import type { LookupAddress } from 'node:dns';

/** Finds every address of a name. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

/** A name has an address that the service may not call. */
export class AddressNotAllowed extends Error {
  override readonly name = 'AddressNotAllowed';
}

/** Resolves a name once, and rejects with AddressNotAllowed unless every one of its addresses may be called. */
export async function resolveAllowed(
  resolve: Resolve,
  hostname: string,
  mayBeAt: (address: string) => boolean,
): Promise<LookupAddress[]> {
  const found = await resolve(hostname);
  if (found.length === 0) throw new Error(`The name ${hostname} has no address.`);
  const other = found.find(({ address }) => !mayBeAt(address));
  if (other) {
    throw new AddressNotAllowed(
      `Its host ${hostname} leads to the address ${other.address}, which may not be called.`,
    );
  }
  return [...found];
}
