// Answers at once, but blocks its event loop for 100 ms in every second. Keeps a log of when each request arrived and was
// answered, on the machine's monotonic clock, and hands it over when asked.
import { createServer } from 'node:http';

const stallMs = 100;
const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6;
const sleeper = new Int32Array(new SharedArrayBuffer(4));
const log = [];

const server = createServer((request, response) => {
  const entry = { index: Number(request.headers['lab-request']), arrivedMs: monotonicMs(), answeredMs: 0 };
  response.end('ok');
  entry.answeredMs = monotonicMs();
  log.push(entry);
});

setInterval(() => Atomics.wait(sleeper, 0, 0, stallMs), 1000);
process.on('message', () => process.send({ type: 'log', log }, () => process.disconnect()));
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send({ type: 'listening', port: server.address().port }));
