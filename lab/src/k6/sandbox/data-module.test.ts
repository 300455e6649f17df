import { expect, it } from 'vitest';
import { loadScript } from './script.fixture.ts';

const users = `import { SharedArray } from 'k6/data';
  const users = new SharedArray('users', () => { console.log('made'); return [{ n: 1, list: [1] }, { n: 2 }, { n: 3 }] });`;

it('makes a shared array once a run', async () => {
  const script = loadScript(`${users} export function setup() { return users.length }`);
  await script.vu(0);
  await script.vu(2);
  expect(await script.value('setup')).toBe(3);
  expect(script.logs).toEqual(['info made']);
});

it('reads it as an array', async () => {
  const script = loadScript(`${users} export function setup() {
    const loop = []; for (const user of users) loop.push(user.n);
    return { loop, at: users[1].n, none: users[9] ?? 'none', map: users.map(({ n }) => n * 2), isArray: Array.isArray(users),
      found: users.find(({ n }) => n === 3), spread: [...users].length, text: JSON.stringify(users), keys: Object.keys(users) } }`);
  expect(await script.value('setup')).toEqual({
    loop: [1, 2, 3],
    at: 2,
    none: 'none',
    map: [2, 4, 6],
    isArray: true,
    found: { n: 3 },
    spread: 3,
    text: '[{"n":1,"list":[1]},{"n":2},{"n":3}]',
    keys: ['0', '1', '2'],
  });
});

it.each([
  'users[0] = 1',
  'users.push(1)',
  'users[0].n = 5',
  'users[0].list.push(2)',
  'delete users[0]',
  'users.length = 0',
])('refuses %s', async (code) => {
  const script = loadScript(`${users} export default function () { ${code} }`);
  expect(await script.run()).toMatchObject({
    outcome: 'threw',
    message: expect.stringContaining('TypeError'),
  });
});

it.each([
  ["new SharedArray('', () => [])", 'needs a name'],
  ["new SharedArray('a', 5)", 'needs a function'],
  ["new SharedArray('a', () => 5)", 'has to return an array'],
])('refuses %s', async (code, message) => {
  const script = loadScript(`import { SharedArray } from 'k6/data'; ${code}`);
  await expect(script.factory.create(0)).rejects.toThrow(message);
});

it('refuses one that is made outside of init code', async () => {
  const script = loadScript(
    `import { SharedArray } from 'k6/data'; export default () => { new SharedArray('a', () => []) }`,
  );
  expect(await script.run()).toMatchObject({
    message: expect.stringContaining('must be called in the init context'),
  });
});
