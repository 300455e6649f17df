import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { TargetError } from '../local/target-error.ts';

/**
 * What Node runs in the container: it takes one line, the files of the real program, and imports that. So nothing has
 * to be mounted, neither from an engine in a virtual machine nor through an object of a cluster.
 */
export const bootProgram = `
const { mkdtempSync, mkdirSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
let text = '';
process.stdin.setEncoding('utf8').on('data', function take(chunk) {
  text += chunk;
  if (!text.includes('\\n')) return;
  process.stdin.off('data', take).pause();
  const { entry, files } = JSON.parse(text);
  const folder = mkdtempSync('/tmp/program-');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  import('file://' + join(folder, entry)).then(() => console.log('{"type":"loaded"}'));
});`;

/** The line for it: a compiled entry of the lab, with all that it imports. Throws `not-built` when it is missing. */
export function toProgramLine(repositoryRoot: string, entry: string): string {
  const root = join(repositoryRoot, 'lab', 'dist');
  const files = new Map<string, string>();
  const add = (file: string): void => {
    if (files.has(file)) return;
    if (!existsSync(file)) throw new TargetError('not-built', `${file} is missing. Run: npm run build`);
    const text = readFileSync(file, 'utf8');
    files.set(file, text);
    for (const [, path = ''] of text.matchAll(/from ['"](\.[^'"]+)['"]/g)) add(join(dirname(file), path));
  };
  const first = join(root, 'entries', `${entry}.js`);
  add(first);
  const named = [...files].map(([file, text]) => [relative(root, file), text]);
  return JSON.stringify({
    entry: relative(root, first),
    files: { ...Object.fromEntries(named), 'package.json': '{"type":"module"}' },
  });
}
