import { causeMutants } from './cause-mutants.ts';
import { edgeMutants } from './edge-mutants.ts';
import { engineMutants } from './engine-mutants.ts';
import { failureMutants } from './failure-mutants.ts';
import { fnoMutants } from './fno-mutants.ts';
import type { Mutant } from './mutant.ts';
import { requestMutants } from './request-mutants.ts';
import { runMutants } from './run-mutants.ts';
import { standsMutants } from './stands-mutants.ts';
import { storeMutants } from './store-mutants.ts';
import { thriftMutants } from './thrift-mutants.ts';
import { watchMutants } from './watch-mutants.ts';

export const mutants: readonly Mutant[] = [
  ...standsMutants,
  ...failureMutants,
  ...requestMutants,
  ...runMutants,
  ...engineMutants,
  ...storeMutants,
  ...fnoMutants,
  ...thriftMutants,
  ...edgeMutants,
  ...causeMutants,
  ...watchMutants,
];
