// Statuses from 200 to 399 are expected, others count as failed (http_req_failed).
// expect: exit 0
// expect: metrics.http_req_failed.value == 0.5
// expect: metrics.http_req_duration{expected_response:true}.max >= 0
import http from 'k6/http';

export default function () {
  http.get(__ENV.BASE_URL);
  http.get(`${__ENV.BASE_URL}/status/503`);
}
