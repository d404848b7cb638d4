import type { TableEntity } from '@azure/data-tables';

/** A row as it was read. */
export type Row = Readonly<Record<string, unknown>> & { etag: string };

/** A row that says which write made it what it is. */
export type RowWithWriteId = TableEntity<{ writeId: string }>;
