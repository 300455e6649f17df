import { formatDuration } from '../duration.ts';
import { constantNeed, type ExecutorDefinition } from './definition.ts';
import { takePlannedVu } from './take-vu.ts';
import { openWindow } from './window.ts';

/** VUs draw from one pot of iterations: who is faster does more. */
export const sharedIterations: ExecutorDefinition<'shared-iterations'> = {
  read(reader) {
    const vus = reader.whole('vus', { least: 1, otherwise: 1 });
    const iterations = reader.whole('iterations', { least: 1, otherwise: 1 });
    if (iterations < vus)
      reader.faults.add(
        reader.fieldOf('iterations'),
        iterations,
        `at least as many iterations as VUs (${vus})`,
      );
    return { vus, iterations, maxDurationMs: reader.durationMs('maxDuration', 600_000, 1) };
  },
  show: ({ vus, iterations, maxDurationMs }) => ({
    vus,
    iterations,
    maxDuration: formatDuration(maxDurationMs),
  }),
  describe: ({ vus, iterations, maxDurationMs }) => [
    `${iterations} iterations shared among ${vus} VUs`,
    `maxDuration: ${formatDuration(maxDurationMs)}`,
  ],
  regularMs: ({ maxDurationMs }) => maxDurationMs,
  needs: ({ maxDurationMs, gracefulStopMs, vus }) => constantNeed(maxDurationMs, gracefulStopMs, vus),
  mostVus: ({ vus }) => vus,
  async run({ vus, iterations, maxDurationMs, gracefulStopMs }, context) {
    const window = openWindow(context, maxDurationMs, gracefulStopMs);
    let begun = 0;
    let ended = 0;
    const work = async () => {
      const vu = await takePlannedVu(context, window.closed);
      if (vu === null) return;
      while (begun < iterations && window.isOpen()) {
        begun += 1;
        await context.iterate(vu, window.interrupted);
        ended += 1;
        context.setProgress(ended / iterations);
      }
      context.releaseVu(vu);
    };
    await Promise.all(Array.from({ length: vus }, work));
    if (begun < iterations && !context.signal.aborted) context.drop(iterations - begun);
    window.end();
  },
};
