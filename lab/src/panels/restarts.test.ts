import { expect, it } from 'vitest';
import { sampleEvent, sampleOf } from '../../test/fixtures/sample-event.ts';
import { foldPanel } from './panel-fold.ts';
import { restarts } from './restarts.ts';

const sample = (count: number) => sampleOf('target', 1, { kube_pod_container_status_restarts_total: count });

it('counts the restarts of all replicas together', () => {
  const [series] = foldPanel(restarts, [
    sampleEvent(sample(2)),
    sampleEvent({ ...sample(1), replica: 'backend-2' }),
  ]);
  expect(series?.points.map(({ value }) => value)).toEqual([3]);
});
