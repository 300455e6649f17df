// randomSeed() makes Math.random the same each time (k6/randomseed).
// expect: exit 0
// expect: metrics.checks.passes == 1
import { check, randomSeed } from 'k6';

export default function () {
  randomSeed(7);
  const first = Math.random();
  randomSeed(7);
  check(Math.random(), { 'comes again': (value) => value === first });
}
