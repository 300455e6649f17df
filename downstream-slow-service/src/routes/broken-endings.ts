import type { ServerResponse } from 'node:http';

/** Status of a request that the service answered with a reset; k6's number for “no answer”, since HTTP has none. */
export const RESET_STATUS = 0;

/** Ends the connection with a TCP reset in place of an answer, as a service that crashes or a firewall does. */
export function resetConnection(response: ServerResponse): void {
  response.statusCode = RESET_STATUS;
  response.req.socket.resetAndDestroy();
}

/** Announces the whole body, sends half of it, and closes the connection, as a service that dies while it answers does. */
export function endTruncated(response: ServerResponse, json: string): void {
  const body = Buffer.from(json);
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.byteLength,
  });
  response.write(body.subarray(0, body.byteLength / 2), () => response.req.socket.destroy());
}
