import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { k6ExitCodes } from '../exit-code.ts';
import { loadScript, type ScriptSettings } from './script.fixture.ts';

const nothing = 'export default function () {}';

/** Why a script cannot be loaded, with its folder taken out of the paths. */
async function refusal(source: string, settings: ScriptSettings = {}): Promise<string> {
  const { folder, factory } = loadScript(source, settings);
  const error: unknown = await factory.create(0).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'K6Error' });
  const { exitCode, message } = error as { exitCode: number; message: string };
  return `${exitCode} ${message.replaceAll(`${folder}/`, '').replaceAll(`${relative(process.cwd(), folder)}/`, '')}`;
}

it.each([
  ['a syntax error', 'let y = 1;\nlet x = ;', {}, 'script.js:2:9: SyntaxError: unexpected token'],
  [
    'a syntax error in an imported file',
    "import './lib/x.js';",
    { files: { 'lib/x.js': '\n\nlet = = 3' } },
    'lib/x.js:3:5: SyntaxError: ',
  ],
  [
    'an exception',
    "function f() {\n  throw new TypeError('no luck');\n}\nf();",
    {},
    'TypeError: no luck\n    at f (script.js:2:22)\n    at script.js:4:2',
  ],
  ['a thrown text', "throw 'bad'", {}, 'bad'],
  [
    'a file that is not there',
    "\nimport { x } from './lib/y.js';",
    {},
    'script.js:2: there is no module lib/y.js',
  ],
  [
    'a name that a file does not export',
    "import { y } from './lib/x.js';",
    { files: { 'lib/x.js': 'export const x = 1' } },
    'script.js: lib/x.js exports no y',
  ],
])('says of %s where it is', async (_, source, settings, expected) => {
  expect(await refusal(source, settings)).toContain(`${k6ExitCodes.scriptException} ${expected}`);
});

it.each([
  ['an unknown module', `${nothing}\nimport ws from 'k6/ws';`, 'the module k6/ws', 'script.js:2'],
  ['a package', "import lodash from 'lodash';", 'the module lodash', 'script.js:1'],
  [
    'an address',
    "import x from 'https://jslib.k6.io/x/1.0/index.js';",
    'the module https://jslib',
    'script.js:1',
  ],
  ['TypeScript', "import './x.ts';", 'TypeScript', 'script.js:1'],
  [
    'an unknown name',
    "import http from 'k6/http';\nimport {\n  get,\n  file as f,\n} from 'k6/http';",
    'file of k6/http',
    'script.js:4',
  ],
  ['top-level await', 'const a = 1;\nawait a;', 'top-level await', 'script.js:2'],
  ['a promise', 'let a;\nPromise.resolve(1).then((b) => (a = b));', 'asynchronous code', 'script.js:2'],
  ['a timer', '\nsetTimeout(() => {}, 1);', 'setTimeout', 'script.js:2:1'],
  ['a binary file', "open('./x.bin', 'b');", "open() of a binary file (mode 'b')", 'script.js:1'],
  [
    'an unknown member',
    "import http from 'k6/http';\nconst jar = http.cookieJar();",
    'cookieJar of k6/http',
    'script.js:2:',
  ],
  [
    'one that is caught',
    "import http from 'k6/http';\ntry { http.foo() } catch {}",
    'foo of k6/http',
    'script.js:2:',
  ],
])('names what is outside of the subset: %s', async (_, source, api, place) => {
  const message = await refusal(source);
  expect(message).toContain(`${k6ExitCodes.scriptException} ${api}`);
  expect(message).toContain(`is outside of what this runner knows (${place}`);
});

it('says that there is no such script', async () => {
  const { folder, factory } = loadScript(nothing);
  rmSync(join(folder, 'script.js'));
  await expect(factory.create(0)).rejects.toThrow(/^there is no script .*script\.js$/);
});

it('loads relative modules from where they are imported', async () => {
  const script = loadScript("import { x } from './lib/a.js';\nexport function setup() { return x }", {
    files: { 'lib/a.js': "export { x } from '../b.js'", 'b.js': "export const x = 'of b'" },
  });
  expect(await script.value('setup')).toBe('of b');
});

it('shows options and exported functions', async () => {
  const vu = await loadScript(`export const options = { vus: 3, stages: [{ target: 1 }] };
    export default () => {}; export function other() {} export const text = 'x';`).vu();
  expect([...vu.exports].sort()).toEqual(['default', 'other']);
  expect(JSON.parse(vu.options)).toEqual({ vus: 3, stages: [{ target: 1 }] });
  expect((await loadScript(nothing).vu()).options).toBe('{}');
});

it('runs the init code once in each VU, with its number and the environment', async () => {
  const script = loadScript('console.log(__VU, __ENV.NAME, __ITER); export default () => {}', {
    environment: { NAME: 'value' },
  });
  await script.vu(0);
  await script.vu(7);
  expect(script.logs).toEqual(['info 0 value undefined', 'info 7 value undefined']);
});

it('opens files beside the file that asks, in init code only', async () => {
  const script = loadScript(
    `import { text } from './lib/a.js';
    let missing; try { open('none.txt') } catch (error) { missing = String(error) }
    export function setup() { let late; try { open('lib/b.txt') } catch (error) { late = String(error) }
      return [text, missing, late] }`,
    { files: { 'lib/a.js': "export const text = open('./b.txt');", 'lib/b.txt': 'grün' } },
  );
  expect(await script.value('setup')).toEqual([
    'grün',
    'Error: open("none.txt"): ENOENT',
    'Error: open() is possible in the init context only',
  ]);
});

it('ends a run in init code by exec.test.abort()', async () => {
  const script = loadScript("import exec from 'k6/execution'; exec.test.abort('not today')");
  await expect(script.factory.create(0)).rejects.toMatchObject({
    exitCode: k6ExitCodes.scriptAborted,
    message: 'not today',
  });
  expect(script.aborted).toEqual(['not today']);
});

it.each([
  'check(1, {})',
  'sleep(1)',
  "group('a', () => {})",
  "http.get('http://localhost')",
  'new Counter("c").add(1)',
])('refuses %s in init code', async (code) => {
  const source = `import http from 'k6/http'; import { check, group, sleep } from 'k6';
      import { Counter } from 'k6/metrics'; ${code}`;
  expect(await refusal(source)).toContain('is not possible in the init context');
});
