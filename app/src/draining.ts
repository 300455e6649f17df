import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Helps `server.close()` to end: Node closes connections that became idle, but waits (up to a minute) for those that
 * were opened and have never sent a request, which clients with pools do. Returns what closes the idle ones now, and with
 * `idle-and-unused` also those; not at once, because their first request may be under way.
 */
export function trackConnections(server: Server): (which: 'idle' | 'idle-and-unused') => void {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  return (which) => {
    server.closeIdleConnections();
    if (which === 'idle') return;
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  };
}
