import { afterEach, describe, expect, it } from 'vitest';
import { findTracing } from './tracing.ts';

const key = Symbol.for('backend-load-testing.tracing');
const wanted = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
let said = '';
const write = (line: string): void => void (said += line);

afterEach(() => {
  Reflect.deleteProperty(globalThis, key);
  said = '';
});

describe('findTracing', () => {
  it('finds what the tracing package has left, and says nothing', () => {
    const left = { flush: async () => {} };
    Reflect.set(globalThis, key, left);
    expect(findTracing(wanted, write)).toBe(left);
    expect(said).toBe('');
  });

  it('says in one line how to get traces that are wanted but not loaded', async () => {
    await findTracing(wanted, write).flush();
    expect(said).toMatch(/^OTEL_EXPORTER_OTLP_ENDPOINT is set.*npm --prefix tracing ci.*--import.*\n$/);
  });

  it('says nothing when no traces are wanted', () => {
    findTracing({}, write);
    findTracing({ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, write);
    expect(said).toBe('');
  });
});
