// Nobody listens: status 0, error_code 1212 (error codes).
// expect: exit 0
// expect: metrics.checks.passes == 2
// expect: metrics.http_req_failed.value == 1
import { check } from 'k6';
import http from 'k6/http';

export default function () {
  check(http.get('http://127.0.0.1:1/'), {
    'has no status': ({ status }) => status === 0,
    'has its code': ({ error_code }) => error_code === 1212,
  });
}
