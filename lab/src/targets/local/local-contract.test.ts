import { describe } from 'vitest';
import { createStandInRepository, createTestHost } from '../../../../test/local-target.ts';
import { describeTarget } from '../target.contract.ts';
import { createLocalTarget } from './local.ts';

let count = 0;

describe('the target local', () => {
  describeTarget(() =>
    createLocalTarget(createTestHost(), {
      runId: `contract-${process.pid}-${(count += 1)}`,
      repositoryRoot: createStandInRepository(),
      databaseUrl: process.env['TEST_DATABASE_URL'] ?? '',
    }),
  );
});
