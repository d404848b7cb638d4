export type Tile = {
  title: string;
  query: string;
  visualization: 'table' | 'timechart' | 'barchart' | 'tiles';
  /** In percent of the page. */
  width: 33 | 50 | 67 | 100;
  /** What stands there if the query gives no row. */
  ifNone: string;
};

export type Section = { title: string; about: string; tiles: readonly Tile[] };

/** Rows of the environments that are chosen above. */
export const ofEnvironment = `
| where "*" in ({Environment}) or environment in ({Environment})`;
/** Rows of the jobs that are chosen above. */
export const ofJob = `${ofEnvironment}
| where "*" in ({Job}) or jobId in ({Job})`;
/** Time in steps that suit the time that is chosen above. */
export const overTime = 'bin(timestamp, {TimeRange:grain})';
