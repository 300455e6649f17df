import { expect, it } from 'vitest';
import { toTimings } from './timings.ts';

const none = {
  blocked: 0,
  connecting: 0,
  tls_handshaking: 0,
  sending: 0,
  waiting: 0,
  receiving: 0,
  duration: 0,
};

it.each([
  [
    'a new connection',
    { startedMs: 0, socketMs: 1, lookedUpMs: 3, connectedMs: 7, sentMs: 8, firstByteMs: 18 },
    20,
    { blocked: 3, connecting: 4, sending: 1, waiting: 10, receiving: 2, duration: 13 },
  ],
  [
    'a new connection with TLS',
    { startedMs: 0, isSecure: true, socketMs: 1, connectedMs: 4, securedMs: 9, sentMs: 10, firstByteMs: 12 },
    12,
    { blocked: 1, connecting: 3, tls_handshaking: 5, sending: 1, waiting: 2, duration: 3 },
  ],
  [
    'a kept connection',
    { startedMs: 0, socketMs: 1, connectedMs: 1, sentMs: 2, firstByteMs: 5 },
    6,
    { blocked: 1, sending: 1, waiting: 3, receiving: 1, duration: 5 },
  ],
  [
    'an answer before the request is said to be sent',
    { startedMs: 0, socketMs: 0, connectedMs: 0, sentMs: 9, firstByteMs: 5 },
    6,
    { sending: 5, receiving: 1, duration: 6 },
  ],
  ['no connection', { startedMs: 0, socketMs: 1 }, 4, { blocked: 1, connecting: 3 }],
  [
    'no answer',
    { startedMs: 0, socketMs: 0, connectedMs: 0, sentMs: 1 },
    4,
    { sending: 1, waiting: 3, duration: 4 },
  ],
  [
    'a handshake that fails',
    { startedMs: 0, isSecure: true, socketMs: 1, connectedMs: 4, sentMs: 5 },
    9,
    { blocked: 1, connecting: 3, tls_handshaking: 5 },
  ],
  ['nothing', { startedMs: 0 }, 4, { blocked: 4 }],
])('times the phases of a request: %s', (_, times, endedMs, expected) => {
  expect(toTimings({ isSecure: false, ...times }, endedMs)).toEqual({ ...none, ...expected });
});
