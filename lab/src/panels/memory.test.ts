import { expect, it } from 'vitest';
import { sampleEvent, sampleOf } from '../../test/fixtures/sample-event.ts';
import { memory } from './memory.ts';
import { foldPanel } from './panel-fold.ts';

const sample = (bytes: number) => sampleOf('target', 1, { container_memory_working_set_bytes: bytes });

it('shows what the meter of the limit says, in megabytes', () => {
  expect(memory.read(sampleEvent(sample(160_000_000)), null)[0]?.value).toBe(160);
});

it('shows the fullest replica, since each has a limit of its own', () => {
  const [series] = foldPanel(memory, [
    sampleEvent(sample(90_000_000)),
    sampleEvent({ ...sample(120_000_000), replica: 'backend-2' }),
  ]);
  expect(series?.points.map(({ value }) => value)).toEqual([120]);
});
