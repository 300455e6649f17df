// setup() must end within setupTimeout (options reference; exit codes).
// expect: exit 100
// expect: metrics.iterations missing
import { sleep } from 'k6';

export const options = { setupTimeout: '300ms' };

export function setup() {
  sleep(30);
}

export default function () {}
