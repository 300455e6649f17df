import type { Job } from '../computations/computation.ts';
import type { Compute } from '../failures/failure.ts';
import type { Switchboard } from '../switchboard.ts';

/** The CPU behind its edge: without protections a computation runs here, on the event loop, at once. */
export function createCompute(switchboard: Switchboard): Compute {
  return (computation, input, call) => {
    const edge = switchboard.edge('computation');
    const job: Job = { name: computation.name, input };
    return edge.execute((passedOn) => edge.compute(job, async () => computation.run(input), passedOn), call);
  };
}
