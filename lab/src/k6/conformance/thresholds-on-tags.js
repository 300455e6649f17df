// A threshold on a sub-metric sees only samples with its tags (thresholds, "threshold on a specific tag value").
// expect: exit 0
// expect: metrics.http_reqs{route:a}.count == 2
// expect: metrics.http_reqs{route:b}.count == 1
import http from 'k6/http';

export const options = {
  thresholds: {
    'http_reqs{route:a}': ['count==2'],
    'http_reqs{route:b}': ['count==1'],
    'http_reqs{route:a,status:200}': ['count==2'],
  },
};

export default function () {
  http.get(__ENV.BASE_URL, { tags: { route: 'a' } });
  http.get(__ENV.BASE_URL, { tags: { route: 'a' } });
  http.get(__ENV.BASE_URL, { tags: { route: 'b' } });
}
