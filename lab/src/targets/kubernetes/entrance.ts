import type { Client } from '../container/client.ts';
import { probeOverHttp } from '../local/http-probe.ts';
import { TargetError } from '../local/target-error.ts';
import { waitUntil } from '../local/waiting.ts';

const deadlineMs = 20_000;
const probeTimeoutMs = 1_000;

interface ServiceObject {
  readonly spec: { readonly ports: readonly { readonly nodePort?: number }[] };
}

interface NodeList {
  readonly items: readonly {
    readonly status: { readonly addresses?: readonly { readonly type: string; readonly address: string }[] };
  }[];
}

/**
 * Where the load goes: the NodePort of the backend's Service, at the first address that answers. Not a port-forward,
 * which leads to one pod, through the API server.
 */
export async function findEntrance(client: Client, signal: AbortSignal): Promise<string> {
  const read = async (...what: readonly string[]): Promise<unknown> =>
    JSON.parse(await client.run(['get', ...what, '--output', 'json'], { signal }));
  const service = (await read('service', 'backend-service')) as ServiceObject;
  const nodes = (await read('nodes')) as NodeList;
  const port = service.spec.ports[0]?.nodePort;
  const found = nodes.items.flatMap(({ status }) =>
    (status.addresses ?? []).filter(({ type }) => type.endsWith('IP')).map(({ address }) => address),
  );
  const urls = ['127.0.0.1', ...found].map(
    (address) => `http://${address.includes(':') ? `[${address}]` : address}:${port}`,
  );
  let entrance: string | undefined;
  const answers = async (): Promise<boolean> => {
    const all = await Promise.all(urls.map((url) => probeOverHttp(`${url}/health`, probeTimeoutMs, signal)));
    entrance = urls[all.indexOf(true)];
    return entrance !== undefined;
  };
  // A new endpoint is known to the node a moment after its pod is ready.
  await waitUntil(answers, { deadlineMs, intervalMs: 200, signal });
  if (entrance !== undefined) return entrance;
  throw new TargetError(
    'service-failed',
    `the NodePort ${port} of backend-service answers at none of ${urls.join(', ')}: the lab must run where the nodes can be reached`,
  );
}
