import { expect, it } from 'vitest';
import { panelValues } from '../../test/fixtures/panel-values.ts';
import { downstreamAttempts } from './downstream-attempts.ts';

const { valueAt } = panelValues(downstreamAttempts);

it('is the increase of the counter per second', () => {
  expect(valueAt({ arm: 'unprotected', at: 3 })).toBeCloseTo(20);
  expect(valueAt({ arm: 'retry', at: 8 })).toBeCloseTo(48);
  expect(valueAt({ arm: 'protected', at: 8 })).toBeCloseTo(1.6);
});

it('knows no rate at the first sample, nor beside a failed scrape', () => {
  expect(valueAt({ arm: 'unprotected', at: 0 })).toBeUndefined();
  expect(valueAt({ arm: 'larger-pool', at: 9 })).toBeNull();
  expect(valueAt({ arm: 'larger-pool', at: 10 })).toBeNull();
  expect(valueAt({ arm: 'larger-pool', at: 11 })).toBeCloseTo(20);
});

it('takes a counter that fell as that of a fresh process', () => {
  const sample = (atSecond: number, value: number) => ({
    service: 'backend' as const,
    replica: 'r',
    atSecond,
    metrics: { lab_downstream_attempts_total: value },
  });
  const event = { type: 'sample' as const, scenario: 's', arm: 'a', attempt: 1, sample: sample(4, 6) };
  expect(downstreamAttempts.read(event, sample(2, 500))[0]?.value).toBe(3);
});
