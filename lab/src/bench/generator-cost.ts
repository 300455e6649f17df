import { type BenchChild, endedChildrenCpuSeconds } from './child.ts';
import type { AbsentGenerator, Generator } from './generator.ts';
import type { ArrivalAnswer, ArrivalOrder } from './generator-arrivals.ts';
import { type Lateness, latenessOf } from './generator-lateness.ts';

const durationSeconds = 10;

export interface GeneratorFigures {
  readonly loop: string;
  /** That reached the server. */
  readonly requests: number;
  /** Null where there is no rate to be kept. */
  readonly arrivedToPlannedRatio: number | null;
  /** Of the whole process, its start included; null where there is no `/proc`. */
  readonly requestsPerCpuSecond: number | null;
  readonly cpuMicrosecondsPerRequest: number | null;
  /** Seen by the server, for all alike; null where there is no plan. */
  readonly lateness: Lateness | null;
  /** As the generator itself says. */
  readonly ownLatenessP99Ms?: number;
}

export interface GeneratorComparison {
  readonly ratePerSecond: number;
  readonly durationSeconds: number;
  /** By name; a text says why there are no figures. */
  readonly generators: Readonly<Record<string, GeneratorFigures | string>>;
  /** CPU per request of the first generator ÷ that of each other one. */
  readonly cpuPerRequestOfFirstTo: Readonly<Record<string, number>>;
}

/** Each generator in turn, one process each, at the same rate against the same server. */
export async function compareGenerators(
  server: BenchChild,
  generators: readonly (Generator | AbsentGenerator)[],
  target: { readonly url: string; readonly ratePerSecond: number; readonly signal: AbortSignal },
): Promise<GeneratorComparison> {
  const figures: Record<string, GeneratorFigures | string> = {};
  for (const generator of generators) {
    if ('absent' in generator) figures[generator.name] = generator.absent;
    else
      figures[generator.name] = await measureGenerator(server, generator, target).catch((error: Error) => {
        // The bench of minutes is not lost because one foreign program failed.
        target.signal.throwIfAborted();
        return `failed: ${error.message}`;
      });
  }
  return {
    ratePerSecond: target.ratePerSecond,
    durationSeconds,
    generators: figures,
    cpuPerRequestOfFirstTo: ratiosOfFirst(figures),
  };
}

async function measureGenerator(
  server: BenchChild,
  generator: Generator,
  target: { readonly url: string; readonly ratePerSecond: number; readonly signal: AbortSignal },
): Promise<GeneratorFigures> {
  await ask(server, { order: 'note' });
  const before = endedChildrenCpuSeconds();
  const own = await generator.run({ ...target, durationSeconds });
  const after = endedChildrenCpuSeconds();
  const { arrivalsMs } = await ask(server, { order: 'tell' });
  const requests = arrivalsMs.length;
  if (requests === 0) throw new Error('no request reached the server');
  const cpuSeconds = before === null || after === null || after === before ? null : after - before;
  const planned = target.ratePerSecond * durationSeconds;
  const { loop, hasRate } = generator;
  return {
    loop,
    requests,
    arrivedToPlannedRatio: hasRate ? Number((requests / planned).toFixed(4)) : null,
    requestsPerCpuSecond: cpuSeconds === null ? null : Math.round(requests / cpuSeconds),
    cpuMicrosecondsPerRequest: cpuSeconds === null ? null : Math.round((cpuSeconds * 1e6) / requests),
    lateness: hasRate ? latenessOf(arrivalsMs, target.ratePerSecond) : null,
    ...own,
  };
}

async function ask(server: BenchChild, order: ArrivalOrder): Promise<ArrivalAnswer> {
  const answer = server.next<ArrivalAnswer>();
  server.send(order);
  return answer;
}

function ratiosOfFirst(figures: Readonly<Record<string, GeneratorFigures | string>>): Record<string, number> {
  const costs = Object.entries(figures).flatMap(([name, figure]) =>
    typeof figure === 'string' || figure.cpuMicrosecondsPerRequest === null
      ? []
      : [{ name, cost: figure.cpuMicrosecondsPerRequest }],
  );
  const [first, ...others] = costs;
  if (first === undefined) return {};
  return Object.fromEntries(others.map(({ name, cost }) => [name, Number((first.cost / cost).toFixed(3))]));
}
