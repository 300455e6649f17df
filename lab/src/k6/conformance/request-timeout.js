// A request that outlasts its timeout: status 0, error_code 1050; the iteration goes on (error codes).
// expect: exit 0
// expect: metrics.http_req_failed.value == 1
// expect: metrics.http_req_duration.max >= 150
// expect: metrics.http_req_duration.max < 2000
// expect: metrics.checks.passes == 2
import { check } from 'k6';
import http from 'k6/http';

export default function () {
  const response = http.get(`${__ENV.BASE_URL}/delay/5000`, { timeout: '200ms' });
  check(response, {
    'has no status': ({ status }) => status === 0,
    'has its code': ({ error_code }) => error_code === 1050,
  });
}
