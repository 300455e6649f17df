import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

const { WebSocket } = createRequire(new URL('../../app/package.json', import.meta.url))('undici');
const answerDeadlineMs = 20_000;

/** The address that a process started with `--inspect` wrote into its log. */
export function readInspectorAddress(log) {
  const address = /Debugger listening on (ws:\S+)/.exec(log)?.[1];
  if (address === undefined) throw new Error(`no inspector in the log:\n${log}`);
  return address;
}

/** Makes a process collect all garbage, from outside and several times: what one collection frees may free more. */
export async function collectGarbage(address, times = 3) {
  for (let time = 0; time < times; time += 1) {
    await call(address, 'HeapProfiler.collectGarbage');
    await sleep(200);
  }
}

function call(address, method) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address);
    const timer = setTimeout(() => end(reject, new Error(`${method}: no answer`)), answerDeadlineMs);
    const end = (settle, value) => {
      clearTimeout(timer);
      socket.close();
      settle(value);
    };
    socket.addEventListener('open', () => socket.send(JSON.stringify({ id: 1, method })));
    socket.addEventListener('message', ({ data }) => end(resolve, JSON.parse(data)));
    socket.addEventListener('error', () =>
      end(reject, new Error(`${method}: the inspector cannot be reached`)),
    );
  });
}
