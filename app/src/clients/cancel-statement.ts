import { connect } from 'node:net';
import type { PoolClient } from 'pg';

/** Protocol version number of a CancelRequest: 1234 in the upper half, 5678 in the lower one. */
const CANCEL_REQUEST_CODE = 80_877_102;
const CANCEL_WITHIN_MS = 2000;

/** What pg knows about a connection's server process; not in its types. */
interface BackendKey {
  readonly processID?: number | null;
  readonly secretKey?: number | null;
}

/**
 * Asks the server to cancel what a connection is doing, over a new socket as the protocol wants it. The statement then
 * fails with SQLSTATE 57014. True when the server has closed the socket, which means that it has acted: whoever waits for
 * that before the connection is used again cannot cancel the next statement by mistake. False when it did not answer
 * within 2 s or could not be reached; then the statement may go on, or a cancel may still come.
 * Source: PostgreSQL documentation, "Message Flow", section "Canceling Requests in Progress".
 */
export function cancelStatement(client: PoolClient, address: string): Promise<boolean> {
  const { processID, secretKey } = client as unknown as BackendKey;
  if (typeof processID !== 'number' || typeof secretKey !== 'number') return Promise.resolve(false);
  const message = Buffer.alloc(16);
  message.writeInt32BE(16, 0);
  message.writeInt32BE(CANCEL_REQUEST_CODE, 4);
  message.writeInt32BE(processID, 8);
  message.writeInt32BE(secretKey, 12);
  const { hostname, port } = new URL(`tcp://${address}`);
  return new Promise((resolve) => {
    let hasActed = false;
    const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ''), () => socket.write(message));
    socket.setTimeout(CANCEL_WITHIN_MS, () => socket.destroy());
    socket.on('end', () => (hasActed = true));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(hasActed));
    socket.resume();
  });
}
