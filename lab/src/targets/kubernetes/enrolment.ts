import type { Roster } from '../container/roster.ts';
import { openForward, type Forward } from './forward.ts';
import type { KubernetesFoundation } from './foundation.ts';
import type { Pod } from './pods.ts';

/** Keeps the roster in step with the pods, and a forwarding open to each that the lab asks something. */
export interface Enrolment {
  stop(): Promise<void>;
}

const ports = {
  backend: { port: 8000, controlPort: 8100 },
  downstream: { port: 8001, controlPort: 8101 },
} as const;

export function enrol(
  { client, feed }: Pick<KubernetesFoundation, 'client' | 'feed'>,
  roster: Roster,
  signal: AbortSignal,
): Enrolment {
  const forwards = new Map<string, Promise<Forward>>();
  const restartsOf = new Map<string, number>();

  function forward({ name, service }: Pod): void {
    if (service === 'other' || forwards.has(name)) return;
    const opening = openForward(client, { pod: name, ...ports[service], signal });
    forwards.set(name, opening);
    opening.then(
      ({ url, controlUrl }) => roster.setAddress(name, { url, controlUrl }),
      (error: unknown) => {
        if (!signal.aborted) roster.fail(error as Error);
      },
    );
  }

  function drop(name: string): void {
    roster.removed(name);
    const opened = forwards.get(name);
    forwards.delete(name);
    void opened?.then((open) => open.stop()).catch(() => undefined);
  }

  feed.listen((name, pod) => {
    if (pod === null) {
      drop(name);
      return;
    }
    if (pod.isGenerator) return;
    roster.add(name, name, pod.service);
    if (pod.isDeleting) roster.leaving(name);
    // What is shared may have been started again before this system was there.
    const known = restartsOf.get(name) ?? (pod.service === 'other' ? pod.restarts : 0);
    const isRestarted = pod.restarts > known;
    restartsOf.set(name, pod.restarts);
    if (pod.lastEnd !== null && (isRestarted || pod.hasEnded)) roster.ended(name, pod.lastEnd);
    if (!pod.isRunning) return;
    roster.started(name);
    forward(pod);
    roster.setReady(name, pod.isReady);
  });

  return {
    stop: async () => {
      feed.listen(null);
      const stopping = [...forwards.values()].map(async (opening) => (await opening).stop());
      // One that could not be opened has nothing to be stopped.
      await Promise.allSettled(stopping);
    },
  };
}
