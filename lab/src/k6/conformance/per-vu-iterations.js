// Each VU runs its own number of iterations (executors/per-vu-iterations).
// expect: exit 0
// expect: metrics.iterations.count == 12
// expect: metrics.checks.passes == 12
import { check } from 'k6';
import exec from 'k6/execution';

export const options = {
  scenarios: { all: { executor: 'per-vu-iterations', vus: 3, iterations: 4 } },
};

export default function () {
  check(exec.vu.iterationInScenario, { 'counts from 0 to 3 in each VU': (count) => count < 4 });
}
