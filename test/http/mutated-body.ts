import * as fc from 'fast-check';
import { listed, mebibyte, mutatedText } from './mutated-text.ts';

/** A request to the webhook with a body as nobody should send it. */
export type Mutated = {
  /** What was done to the body. */
  how: string;
  body: Uint8Array;
  contentType: string | null;
  /** Sent in chunks, without Content-Length. */
  isChunked: boolean;
};

const mutatedBytes: fc.Arbitrary<Pick<Mutated, 'how' | 'body'>> = fc.oneof(
  {
    weight: 8,
    arbitrary: mutatedText.map(({ how, text: changed }) => ({ how, body: Buffer.from(changed) })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(listed.length), fc.integer({ min: 0x80, max: 0xff })).map(([at, byte]) => ({
      how: 'not UTF-8',
      body: Buffer.concat([
        Buffer.from(listed.slice(0, at)),
        Uint8Array.of(byte),
        Buffer.from(listed.slice(at)),
      ]),
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('utf16le' as const, 'base64' as const, 'hex' as const).map((encoding) => ({
      how: encoding,
      body:
        encoding === 'utf16le'
          ? Buffer.from(listed, encoding)
          : Buffer.from(Buffer.from(listed).toString(encoding)),
    })),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((body) => ({ how: 'any bytes', body })) },
);

/** One of each kind that chance may leave out of a few hundred. */
export const extremes: readonly Mutated[] = [true, false].flatMap((isChunked) => [
  { how: 'huge', body: Buffer.alloc(mebibyte + 1, ' '), contentType: 'application/json', isChunked },
  { how: 'no media type', body: Buffer.from(listed), contentType: null, isChunked },
  { how: 'deep', body: Buffer.alloc(mebibyte, '['), contentType: 'application/json', isChunked },
]);

/** None of them is a valid event about the listed job. */
export const mutated: fc.Arbitrary<Mutated> = fc
  .tuple(
    mutatedBytes,
    fc.oneof(
      { weight: 12, arbitrary: fc.constant('application/json') },
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          'application/json; charset=utf-16',
          'text/json',
          'application/cloudevents+json',
          'application/json;;;',
          'APPLICATION/JSON',
        ),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'text/plain',
          'multipart/form-data; boundary=x',
          'application/xml',
          'application/json, text/plain',
          '',
          'json',
          null,
        ),
      },
    ),
    fc.boolean(),
  )
  .map(([bytes, contentType, isChunked]) => ({ ...bytes, contentType, isChunked }));
