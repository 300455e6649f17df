// Each scenario has variables of its own (scenarios, "env").
// expect: exit 0
// expect: metrics.checks.passes == 2
// expect: metrics.checks.fails == 0
import { check } from 'k6';
import exec from 'k6/execution';

const once = { executor: 'shared-iterations' };
export const options = {
  scenarios: { a: { ...once, env: { OWN: 'a' } }, b: { ...once, env: { OWN: 'b' } } },
};

export default function () {
  check(__ENV.OWN, { 'is its own': (value) => value === exec.scenario.name });
}
