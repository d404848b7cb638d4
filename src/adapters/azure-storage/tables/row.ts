import type { TableEntity } from '@azure/data-tables';

/** A row as it was read. */
export type Row = Readonly<Record<string, unknown>> & { etag: string };

/** A row that names the write that made it. */
export type RowWithWriteId = TableEntity<{ writeId: string }>;
