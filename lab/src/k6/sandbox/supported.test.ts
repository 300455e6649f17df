import { expect, it } from 'vitest';
import { loadScript } from './script.fixture.ts';
import { supportedApi } from './supported.ts';

it.each(Object.entries(supportedApi))('%s exports what is said to be supported', async (module, names) => {
  const script = loadScript(`import * as all from '${module}'; import own from '${module}';
    export function setup() { return [Object.keys(all), Object.keys(own)] }`);
  const [exported, members] = (await script.value('setup')) as [string[], string[]];
  expect(exported.sort()).toEqual(['default', ...names].sort());
  expect(members.sort()).toEqual([...names].sort());
});
