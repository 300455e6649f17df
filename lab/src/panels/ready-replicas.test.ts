import { expect, it } from 'vitest';
import { sampleEvent, sampleOf } from '../../test/fixtures/sample-event.ts';
import { readyReplicas } from './ready-replicas.ts';

it('shows how many replicas of the whole backend take requests', () => {
  const metrics = { kube_deployment_status_replicas_ready: 4 };
  expect(readyReplicas.read(sampleEvent(sampleOf('target', 1, metrics)), null)[0]?.value).toBe(4);
});
