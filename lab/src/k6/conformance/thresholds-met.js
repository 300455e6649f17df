// Thresholds of each kind of metric that are met leave the exit code alone (thresholds).
// expect: exit 0
import http from 'k6/http';

export const options = {
  iterations: 3,
  thresholds: {
    http_reqs: ['count==3', 'rate>0'],
    http_req_failed: ['rate<0.01'],
    http_req_duration: ['p(95)<5000', 'avg<5000', 'max<5000', 'med<5000', 'min>=0'],
    checks: ['rate>=0'],
  },
};

export default function () {
  http.get(__ENV.BASE_URL);
}
