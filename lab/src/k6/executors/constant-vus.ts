import { formatDuration } from '../duration.ts';
import { constantNeed, type ExecutorDefinition } from './definition.ts';
import { takePlannedVu } from './take-vu.ts';
import { openWindow } from './window.ts';

/** So many VUs, each beginning an iteration as soon as its last one has ended. */
export const constantVus: ExecutorDefinition<'constant-vus'> = {
  read: (reader) => ({
    vus: reader.whole('vus', { least: 1, otherwise: 1 }),
    durationMs: reader.durationMs('duration', undefined, 1),
  }),
  show: ({ vus, durationMs }) => ({ vus, duration: formatDuration(durationMs) }),
  describe: ({ vus, durationMs }) => [`${vus} looping VUs for ${formatDuration(durationMs)}`],
  regularMs: ({ durationMs }) => durationMs,
  needs: ({ durationMs, gracefulStopMs, vus }) => constantNeed(durationMs, gracefulStopMs, vus),
  mostVus: ({ vus }) => vus,
  async run({ vus, durationMs, gracefulStopMs }, context) {
    const window = openWindow(context, durationMs, gracefulStopMs);
    const work = async () => {
      const vu = await takePlannedVu(context, window.closed);
      if (vu === null) return;
      while (window.isOpen()) {
        await context.iterate(vu, window.interrupted);
        context.setProgress(window.elapsedMs() / durationMs);
      }
      context.releaseVu(vu);
    };
    await Promise.all(Array.from({ length: vus }, work));
    context.setProgress(1);
    window.end();
  },
};
