// One threshold that is crossed makes the exit code 99 (thresholds).
// expect: exit 99
// expect: metrics.http_reqs.count == 1
// expect: stderr has http_reqs
import http from 'k6/http';

export const options = { thresholds: { http_reqs: ['count>=1', 'count>1'] } };

export default function () {
  http.get(__ENV.BASE_URL);
}
