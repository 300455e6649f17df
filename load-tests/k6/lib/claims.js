/**
 * The thresholds of a script: its claims, and that they are about something. Without a sample a rate of failures or a
 * percentile passes whatever is claimed, so each claim about requests also wants that there were such requests, and each
 * about a reading of the monitor that it was read. Dropped iterations are load that nobody sent: then nothing is proved.
 * @param {Record<string, string[]>} [claims] none: only that all of the load is sent
 * @returns {Record<string, string[]>}
 */
export function thresholdsOf(claims = {}) {
  const presences = Object.keys(claims)
    .filter((name) => name.includes('{'))
    .map((name) => [presenceOf(name), ['count>0']]);
  return { dropped_iterations: ['count==0'], ...Object.fromEntries(presences), ...claims };
}

/** @param {string} name for example `http_req_failed{route:tasks,phase:during}` */
function presenceOf(name) {
  const tags = name.slice(name.indexOf('{'));
  return `${name.startsWith('http_') ? 'http_reqs' : 'monitor_readings'}${tags}`;
}
