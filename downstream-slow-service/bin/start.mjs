// `npm start`: checks what the service needs, in plain JavaScript that an old Node can read, then starts it.
import { existsSync } from 'node:fs';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const entry = new URL('../dist/main.js', import.meta.url);

/** @param {string} sentence */
function refuse(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 2;
}

if (major < 20 || (major === 20 && minor < 19)) {
  refuse(`This service needs Node 20.19 or newer, and this is Node ${process.versions.node}.`);
} else if (!existsSync(entry)) {
  refuse('The service is not compiled yet (dist/main.js is missing): run `npm ci && npm run build` first.');
} else {
  await import(entry.href);
}
