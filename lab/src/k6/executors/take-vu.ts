import type { ExecutorContext } from '../executor.ts';
import type { Vu } from '../vu.ts';

/** A VU of another scenario that ends at this very moment may come back a little late. */
const retryMs = 5;

/** A VU that was planned for this scenario; null when the signal aborts before one is free. */
export async function takePlannedVu(context: ExecutorContext, signal: AbortSignal): Promise<Vu | null> {
  for (;;) {
    if (signal.aborted) return null;
    const vu = context.takeVu();
    if (vu !== null) return vu;
    await context.clock.pause(retryMs, signal);
  }
}
