import type { Balancing } from '../target.ts';
import type { LocalClock } from './clock.ts';
import type { Balancer } from './relay/balancer.ts';
import type { Endpoint } from './relay/protocol.ts';
import type { ReplicaSet } from './replica-set.ts';

/**
 * Keeps the balancer's endpoints the ready replicas. A change of readiness reaches it `endpointDelayMs` later, as an
 * EndpointSlice reaches kube-proxy; changes keep their order. Stops with the signal.
 */
export async function followEndpoints(
  balancer: Balancer,
  set: ReplicaSet,
  { endpointDelayMs = 0 }: Balancing,
  clock: LocalClock,
  signal: AbortSignal,
): Promise<void> {
  let known = '';
  const tell = async (endpoints: readonly Endpoint[]): Promise<void> => {
    const text = JSON.stringify(endpoints);
    if (text === known || signal.aborted) return;
    known = text;
    await balancer.setEndpoints(endpoints);
  };
  set.onChange(() => {
    // As they are now: what changes meanwhile has its own way, and its own delay.
    const endpoints = readyEndpoints(set);
    void clock
      .sleep(endpointDelayMs, signal)
      .then(() => tell(endpoints))
      .catch(() => undefined);
  });
  await tell(readyEndpoints(set));
}

function readyEndpoints(set: ReplicaSet): readonly Endpoint[] {
  return set.replicas
    .filter(({ isReady }) => isReady)
    .map(({ address }) => {
      const { hostname, port } = new URL(address.url);
      return { name: address.name, host: hostname, port: Number(port) };
    });
}
