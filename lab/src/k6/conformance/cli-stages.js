// --stage is a ramp of VUs (options reference).
// flags: --stage 0s:2,600ms:2
// expect: exit 0
// expect: metrics.iterations.count >= 6
// expect: metrics.iterations.count <= 13
// expect: metrics.checks.fails == 0
import { check, sleep } from 'k6';
import exec from 'k6/execution';

export default function () {
  check(exec.scenario, { 'is a ramp': ({ executor }) => executor === 'ramping-vus' });
  sleep(0.1);
}
