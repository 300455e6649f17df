// A scenario begins at its startTime (scenarios).
// expect: exit 0
// expect: metrics.checks.passes == 1
// expect: metrics.checks.fails == 0
import { check } from 'k6';
import exec from 'k6/execution';

export const options = {
  scenarios: {
    early: { executor: 'shared-iterations' },
    late: { executor: 'shared-iterations', startTime: '500ms', exec: 'late' },
  },
};

export default function () {}

export function late() {
  check(exec.instance.currentTestRunDuration, { 'half a second has passed': (ms) => ms >= 490 });
}
