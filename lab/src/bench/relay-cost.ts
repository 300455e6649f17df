import type {
  BalancerOrder,
  BalancerSetUp,
  FaultProxyOrder,
  FaultProxySetUp,
  RelayMessage,
} from '../targets/local/relay/protocol.ts';
import { type BenchChild, type BenchHost, startChild } from './child.ts';
import { compareThroughput, type Throughput } from './throughput.ts';

type Message = RelayMessage<BalancerSetUp | FaultProxySetUp, BalancerOrder | FaultProxyOrder>;
type SetUpMessage = Extract<Message, { type: 'set-up' }>;
type OrderMessage = Extract<Message, { type: 'order' }>;

/** Few, since a relay costs far more than the machine's mood does; odd, for the median. */
const rounds = 9;

/**
 * What a relay costs that stands between client and server: throughput of the bare server through each, in turns with
 * the server itself. On a machine whose cores are all busy the ratio is that of the whole work, not of the relay alone.
 */
export async function measureRelays(
  host: BenchHost,
  serverPort: number,
): Promise<Readonly<Record<string, Throughput>>> {
  const upstream = { host: '127.0.0.1', port: serverPort };
  const children: BenchChild[] = [];
  const start = async (entry: 'balancer' | 'fault-proxy', setUp: SetUpMessage, order: OrderMessage) => {
    const child = startChild(host, entry);
    children.push(child);
    const port = await ask(child, setUp);
    await ask(child, order);
    return port;
  };
  const startBalancer = (level: BalancerSetUp['level']) => {
    const endpoints = [{ name: 'bareNodeHttp', ...upstream }];
    return start(
      'balancer',
      { type: 'set-up', setUp: { level, port: 0, retries: 0, timeoutMs: null } },
      { type: 'order', id: 1, order: { kind: 'endpoints', endpoints } },
    );
  };
  try {
    const ports = {
      bareNodeHttp: serverPort,
      levelConnection: await startBalancer('connection'),
      levelRequest: await startBalancer('request'),
      idleFaultProxy: await start(
        'fault-proxy',
        { type: 'set-up', setUp: { port: 0, upstream } },
        { type: 'order', id: 1, order: { kind: 'fault', fault: null } },
      ),
    };
    const contestants = Object.entries(ports).map(([name, port]) => ({ name, port, path: '/' }));
    return await compareThroughput(host, contestants, rounds);
  } finally {
    await Promise.all(children.map((child) => child.stop()));
  }
}

/** Resolves with the port that the answer names, if it names one. */
async function ask(child: BenchChild, message: SetUpMessage | OrderMessage): Promise<number> {
  const answer = child.next<{ port?: number; reason?: string }>();
  child.send(message);
  const { port = 0, reason } = await answer;
  if (reason !== undefined) throw new Error(reason);
  return port;
}
