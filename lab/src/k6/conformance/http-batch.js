// batch() sends requests at the same time (k6-http/batch).
// expect: exit 0
// expect: metrics.http_reqs.count == 4
// expect: metrics.iteration_duration.max < 1000
// expect: metrics.checks.passes == 2
import { check } from 'k6';
import http from 'k6/http';

const slow = `${__ENV.BASE_URL}/delay/400`;

export default function () {
  const [first] = http.batch([
    slow,
    ['GET', slow, null, { tags: { kind: 'slow' } }],
    { method: 'GET', url: slow },
  ]);
  check(first, { 'is answered': ({ status }) => status === 200 });
  const { home } = http.batch({ home: `${__ENV.BASE_URL}/` });
  check(home, { 'has its name': ({ status }) => status === 200 });
}
