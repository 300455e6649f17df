import { createServer } from 'node:http';
import type { ArrivalAnswer, ArrivalOrder } from '../bench/generator-arrivals.ts';

// The yardstick of the bench: node:http and nothing else, answering as many bytes as the backend's /health. When it is
// told to, it notes when requests arrive.
const body = process.env['BODY'] ?? '{}';
const headers = {
  'content-type': 'application/json; charset=utf-8',
  'content-length': Buffer.byteLength(body),
};
let arrivalsMs: number[] | undefined;
const server = createServer((_, response) => {
  arrivalsMs?.push(performance.now());
  response.writeHead(200, headers);
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
});
process.on('message', ({ order }: ArrivalOrder) => {
  process.send?.({ arrivalsMs: arrivalsMs ?? [] } satisfies ArrivalAnswer);
  arrivalsMs = order === 'note' ? [] : undefined;
});
process.on('disconnect', () => process.exit(0));
