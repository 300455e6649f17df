import { expect, it } from 'vitest';
import { createInProcessStore } from './in-process-store.ts';

const entry = (value: unknown) => ({ value, expiresAtMs: 0, loadMs: 1 });

it('gives back what was set last, also when its time is over', async () => {
  const store = createInProcessStore();
  await store.set('a', entry(1));
  await store.set('a', entry(2));
  expect(await store.get('a')).toEqual(entry(2));
  expect(await store.get('b')).toBeUndefined();
  expect([store.kind, store.answers()]).toEqual(['in-process', true]);
});

it('drops the entry that was written longest ago when there are too many', async () => {
  const store = createInProcessStore();
  for (let key = 0; key < 10_000; key += 1) await store.set(String(key), entry(key));
  await store.set('0', entry('anew'));
  await store.set('one more', entry(1));
  expect(await store.get('1')).toBeUndefined();
  expect((await store.get('0'))?.value).toBe('anew');
  expect((await store.get('2'))?.value).toBe(2);
});
