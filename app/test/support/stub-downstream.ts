import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

export interface StubDownstream {
  readonly url: string;
  /** How `/slow` answers from now on; `hang` never does. `/timeout-trap` hangs always. */
  behaviour: 'fast' | 'hang' | 'error' | 'truncated';
  /** Calls of `/slow` and `/timeout-trap` so far. */
  calls: number;
  /** Those whose caller went away before the answer. */
  cancelled: number;
  /** Those that got their whole answer. */
  answered: number;
  /** Answers all hanging calls. */
  release(): void;
  stop(): Promise<void>;
}

/** A real HTTP server in the place of the downstream service. */
export async function startStubDownstream(): Promise<StubDownstream> {
  const hanging = new Set<ServerResponse>();
  const stub: StubDownstream = {
    url: '',
    behaviour: 'fast',
    calls: 0,
    cancelled: 0,
    answered: 0,
    release() {
      for (const response of hanging) response.end('{}');
      hanging.clear();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const server = createServer((request, response) => {
    const isTrap = request.url === '/timeout-trap';
    if (request.url !== '/slow' && !isTrap) {
      response.end('{}');
      return;
    }
    stub.calls += 1;
    response.on('close', () => {
      if (response.writableFinished) stub.answered += 1;
      else stub.cancelled += 1;
      hanging.delete(response);
    });
    if (isTrap || stub.behaviour === 'hang') hanging.add(response);
    else if (stub.behaviour === 'error') response.writeHead(500).end('{}');
    else if (stub.behaviour === 'truncated') {
      response.writeHead(200, { 'content-length': 100 }).write('{');
      setImmediate(() => response.destroy());
    } else response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(stub, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

/** One for a whole test file, gone after the last test. */
export async function useStubDownstream(): Promise<StubDownstream> {
  const downstream = await startStubDownstream();
  afterAll(() => downstream.stop());
  return downstream;
}
