// A first-come-first-served queue in front of `slots` servers. The service time of each request is handed in beforehand;
// a timer ends it, and the last millisecond is spun, as timers are up to 1 ms late. Logs, on the machine's monotonic clock,
// when each request arrived, was taken up and was done.
import { createServer } from 'node:http';

const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6;
const log = [];
const waiting = [];
let serviceTimesMs = [];
let freeSlots = 0;

function takeUp() {
  while (freeSlots > 0 && waiting.length > 0) {
    freeSlots -= 1;
    const job = waiting.shift();
    job.entry.startedMs = monotonicMs();
    finish(job, job.entry.startedMs + serviceTimesMs[job.entry.index]);
  }
}

function finish(job, endMs) {
  const leftMs = endMs - monotonicMs();
  if (leftMs > 2) setTimeout(finish, leftMs - 1, job, endMs);
  else if (leftMs > 0) setImmediate(finish, job, endMs);
  else {
    job.entry.doneMs = monotonicMs();
    job.response.end('ok');
    log.push(job.entry);
    freeSlots += 1;
    takeUp();
  }
}

const server = createServer((request, response) => {
  const entry = {
    index: Number(request.headers['lab-request']),
    arrivedMs: monotonicMs(),
    startedMs: 0,
    doneMs: 0,
  };
  waiting.push({ entry, response });
  takeUp();
});

process.on('message', (message) => {
  if (message.type === 'log') process.send({ type: 'log', log }, () => process.disconnect());
  else {
    ({ serviceTimesMs, slots: freeSlots } = message);
    server.listen(0, '127.0.0.1', () => process.send({ type: 'listening', port: server.address().port }));
  }
});
process.on('disconnect', () => process.exit());
