// -e and the variables of the process are in __ENV; -e sets no option (environment-variables).
// flags: -e OWN=flag -e K6_ITERATIONS=50
// env: OWN=process OTHER=process
// expect: exit 0
// expect: metrics.iterations.count == 1
// expect: metrics.checks.passes == 2
// expect: metrics.checks.fails == 0
import { check } from 'k6';

export default function () {
  check(__ENV, {
    'the flag wins': ({ OWN }) => OWN === 'flag',
    'the process is seen': ({ OTHER }) => OTHER === 'process',
  });
}
