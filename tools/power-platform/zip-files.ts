import { configure, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';

/** Contents by path. */
export type Files = Record<string, string | Uint8Array>;

/** A zip has times of day without a zone: this one is written the same everywhere. */
const noTime = new Date(1980, 0, 1);

export async function zipFiles(files: Files): Promise<Uint8Array> {
  configure({ useWebWorkers: false });
  const writer = new ZipWriter(new Uint8ArrayWriter(), {
    lastModDate: noTime,
    extendedTimestamp: false,
    dataDescriptor: false,
    level: 9,
  });
  for (const [path, content] of Object.entries(files)) {
    await writer.add(path, new Uint8ArrayReader(Buffer.from(content)));
  }
  return writer.close();
}
