import { Registry } from '@platformatic/prom-client';
import { expect, it } from 'vitest';
import { createFastHistogram } from './fast-histogram.ts';

it('counts a value in every bucket whose bound is not below it, and shows sum and count', async () => {
  const registry = new Registry();
  const histogram = createFastHistogram<'route'>(registry, {
    name: 'h_seconds',
    help: 'A test.',
    bounds: [0.1, 1],
  });
  const series = histogram.series({ route: '/a' });
  for (const value of [0.05, 0.1, 0.5, 7]) series.record(value);
  histogram.series({ route: '/b' });
  expect((await registry.metrics()).trim().split('\n')).toEqual([
    '# HELP h_seconds A test.',
    '# TYPE h_seconds histogram',
    'h_seconds_bucket{le="0.1",route="/a"} 2',
    'h_seconds_bucket{le="1",route="/a"} 3',
    'h_seconds_bucket{le="+Inf",route="/a"} 4',
    'h_seconds_sum{route="/a"} 7.65',
    'h_seconds_count{route="/a"} 4',
    'h_seconds_bucket{le="0.1",route="/b"} 0',
    'h_seconds_bucket{le="1",route="/b"} 0',
    'h_seconds_bucket{le="+Inf",route="/b"} 0',
    'h_seconds_sum{route="/b"} 0',
    'h_seconds_count{route="/b"} 0',
  ]);
});
