#!/usr/bin/env node
// Kept in plain JavaScript that any Node parses: it says in one sentence what is missing before anything else is loaded.
import { existsSync } from 'node:fs';

const [major, minor] = process.versions.node.split('.').map(Number);
const main = new URL('../dist/main.js', import.meta.url);
const root = new URL('../../', import.meta.url);
const programs = ['lab/dist/main.js', 'app/dist/main.js', 'downstream-slow-service/dist/main.js'];

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `This is Node ${process.versions.node}; the lab needs Node 20.19 or later (20, 22 and 24 are tested).`,
  );
  process.exitCode = 2;
} else if (programs.some((program) => !existsSync(new URL(program, root)))) {
  console.error(
    'The services and the lab are not compiled yet: run `npm run prepare` once in the project folder.',
  );
  process.exitCode = 2;
} else {
  await import(main.href);
}
