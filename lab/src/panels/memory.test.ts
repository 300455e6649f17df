import { expect, it } from 'vitest';
import { sampleEvent, sampleOf } from '../../test/fixtures/sample-event.ts';
import { memory } from './memory.ts';

it('shows what the meter of the limit says, in megabytes', () => {
  const metrics = { container_memory_working_set_bytes: 160_000_000 };
  expect(memory.read(sampleEvent(sampleOf('target', 1, metrics)), null)[0]?.value).toBe(160);
});
