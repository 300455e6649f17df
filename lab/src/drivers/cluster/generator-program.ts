import { performance } from 'node:perf_hooks';
import { preparePlan, type PreparedPlan } from '../embedded/run-plan.ts';
import type { ClockReading, GeneratorMessage, GeneratorOrder } from './protocol.ts';

export interface GeneratorChannel {
  send(message: GeneratorMessage): void;
  listen(onOrder: (order: GeneratorOrder) => void): void;
  readClock(): ClockReading;
}

/** The work of a generator's process: it makes its share of one plan, from the start that it is told. */
export function serveGenerator({ send, listen, readClock }: GeneratorChannel): void {
  let prepared: PreparedPlan | undefined;

  async function obey(order: GeneratorOrder): Promise<void> {
    if (order.type === 'clock') send({ type: 'clock', id: order.id, ...readClock() });
    else if (order.type === 'plan') {
      prepared = await preparePlan({
        message: order,
        send: (message) => {
          if (message.type !== 'ready') send(message);
        },
        cpuSeconds: () => readClock().cpuSeconds,
      });
      send({ type: 'prepared' });
    } else {
      if (prepared === undefined) throw new Error('told to start without a plan');
      await prepared(performance.now() + order.startMonotonicMs - readClock().monotonicMs);
    }
  }

  listen((order) => {
    obey(order).catch((error: unknown) =>
      send({ type: 'failed', reason: error instanceof Error ? error.message : String(error) }),
    );
  });
}
