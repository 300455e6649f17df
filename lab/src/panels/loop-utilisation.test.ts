import { expect, it } from 'vitest';
import { sampleEvent, sampleOf } from '../../test/fixtures/sample-event.ts';
import { loopUtilisation } from './loop-utilisation.ts';

it('shows how busy the loop of the backend is, and of nobody else', () => {
  const metrics = { nodejs_eventloop_utilization_ratio: 0.8 };
  const read = (service: 'backend' | 'downstream') =>
    loopUtilisation.read(sampleEvent(sampleOf(service, 1, metrics)), null).map(({ value }) => value);
  expect([read('backend'), read('downstream')]).toEqual([[0.8], []]);
});
