// teardown() must end within teardownTimeout (options reference; exit codes).
// expect: exit 101
// expect: metrics.iterations.count == 1
import { sleep } from 'k6';

export const options = { teardownTimeout: '300ms' };

export default function () {}

export function teardown() {
  sleep(30);
}
