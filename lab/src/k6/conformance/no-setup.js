// --no-setup and --no-teardown leave them out (test-lifecycle).
// flags: --no-setup --no-teardown
// expect: exit 0
// expect: metrics.checks.passes == 1
import { check } from 'k6';

export function setup() {
  throw new Error('called');
}

export default function (data) {
  check(data, { 'there is no data': (value) => value === undefined });
}

export function teardown() {
  throw new Error('called');
}
