import type { DriverMessage, PlanMessage } from '../drivers/embedded/protocol.ts';
import { runPlan } from '../drivers/embedded/run-plan.ts';

// The process of the embedded driver: started by drivers/embedded/embedded.ts, one plan, then it ends.
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function send(message: DriverMessage): void {
  process.send?.(message);
}

process.once('message', (message: PlanMessage) => {
  runPlan({ message, send, monotonicMs: () => Number(process.hrtime.bigint()) / 1e6, cpuSeconds })
    .catch((error: unknown) =>
      send({ type: 'failed', reason: error instanceof Error ? error.message : String(error) }),
    )
    .finally(() => process.disconnect());
});

// The lab has gone, or the plan is done: no load without someone who looks at it.
// oxlint-disable-next-line unicorn/no-process-exit -- open connections would keep the process alive
process.once('disconnect', () => process.exit(0));
