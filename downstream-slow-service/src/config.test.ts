import { expect, test } from 'vitest';
import { formatFault, parseConfig } from './config.ts';

test('without variables every default applies and the configuration is frozen', () => {
  const { config } = parseConfig({}, 'host-1');
  expect(config).toMatchObject({
    port: 8001,
    controlHost: '127.0.0.1',
    controlPort: 8101,
    defaultDelaySeconds: 5,
    replicaName: 'host-1',
    requestLogs: true,
  });
  expect(Object.isFrozen(config)).toBe(true);
});

test('values are read in their own types, fractions of a second included', () => {
  const { config } = parseConfig({ DEFAULT_DELAY: '0.25', PORT: '0', REQUEST_LOGS: 'false' }, 'host');
  expect(config).toMatchObject({ defaultDelaySeconds: 0.25, port: 0, requestLogs: false });
});

test('an empty value counts as unset', () => {
  expect(parseConfig({ PORT: '', CONTROL_TOKEN: '' }, 'host').config).toMatchObject({ port: 8001 });
});

test('all faults are reported at once', () => {
  const env = { PORT: '70000', DEFAULT_DELAY: 'soon', LOG_LEVEL: 'loud', REQUEST_LOGS: 'yes', SEED: '1.5' };
  const { faults } = parseConfig(env, 'host');
  expect(faults?.map(formatFault)).toEqual([
    'PORT: received "70000", legal a whole number from 0 to 65535',
    'DEFAULT_DELAY: received "soon", legal a number from 0 to 3600 (seconds)',
    'SEED: received "1.5", legal a whole number from 0 to 4294967295',
    'LOG_LEVEL: received "loud", legal one of trace, debug, info, warn, error, fatal, silent',
    'REQUEST_LOGS: received "yes", legal true or false',
  ]);
});

test('a token that is too short is refused without showing it', () => {
  const { faults } = parseConfig({ CONTROL_TOKEN: 'secret' }, 'host');
  expect(faults?.map(formatFault)).toEqual([
    'CONTROL_TOKEN: received 6 characters, legal text of at least 16 characters',
  ]);
});

test.each(['0.0.0.0', '::', '10.0.0.1', '127.evil.example'])('a control API on %s needs a token', (host) => {
  expect(parseConfig({ CONTROL_HOST: host }, 'host').faults?.map(({ field }) => field)).toEqual([
    'CONTROL_TOKEN',
  ]);
  expect(parseConfig({ CONTROL_HOST: host, CONTROL_TOKEN: '0123456789abcdef' }, 'host').faults).toBeNull();
});

test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('a control API on %s needs none', (host) => {
  expect(parseConfig({ CONTROL_HOST: host }, 'host').faults).toBeNull();
});

test('a default delay above the largest delay is a fault', () => {
  const { faults } = parseConfig({ DEFAULT_DELAY: '10', MAX_DELAY_SECONDS: '3' }, 'host');
  expect(faults?.map(formatFault)).toEqual([
    'DEFAULT_DELAY: received 10, legal at most MAX_DELAY_SECONDS (3)',
  ]);
});
