// --out json: a line for each metric before its first sample, a line for each sample (real-time/json).
// flags: --out json=samples.json
// expect: exit 0
// expect: file samples.json has "type":"Metric"
// expect: file samples.json has "metric":"http_req_duration","type":"Point"
// expect: file samples.json has "scenario":"default"
// expect: file samples.json has "own":"yes"
import http from 'k6/http';

export default function () {
  http.get(__ENV.BASE_URL, { tags: { own: 'yes' } });
}
