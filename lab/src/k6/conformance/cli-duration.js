// --vus and --duration replace the scenarios of the script (how-to, "order of precedence").
// flags: --vus 2 --duration 500ms
// expect: exit 0
// expect: metrics.iterations.count >= 2
// expect: metrics.iterations.count <= 12
// expect: metrics.checks.fails == 0
import { check, sleep } from 'k6';
import exec from 'k6/execution';

export const options = {
  scenarios: { own: { executor: 'shared-iterations', iterations: 1000, exec: 'own' } },
};

export default function () {
  check(exec.scenario, {
    'is the default scenario': ({ name, executor }) => name === 'default' && executor === 'constant-vus',
  });
  sleep(0.1);
}

export function own() {}
