// expectedStatuses says what is no failure, for all requests or for one (k6-http/expectedstatuses).
// expect: exit 0
// expect: metrics.http_req_failed.value == 0
// expect: metrics.http_reqs.count == 3
import http from 'k6/http';

http.setResponseCallback(http.expectedStatuses({ min: 200, max: 399 }, 503));

export default function () {
  http.get(`${__ENV.BASE_URL}/status/503`);
  http.get(`${__ENV.BASE_URL}/status/404`, { responseCallback: http.expectedStatuses(404) });
  http.get(`${__ENV.BASE_URL}/status/500`, { responseCallback: null });
}
