import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { createReader, legalValues } from './settings.ts';

const schema = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 10, default: 5 }),
  ratio: Type.Number({ minimum: 0, maximum: 1, default: 0.5 }),
  isOn: Type.Boolean({ default: false }),
  mode: Type.Union([Type.Literal('none'), Type.Literal('full')], { default: 'none' }),
  name: Type.Optional(Type.String({ minLength: 2, maxLength: 4 })),
});
const readText = createReader(schema, { form: 'text', unknownNames: 'fault' });
const readJson = createReader(schema, { form: 'json', unknownNames: 'fault' });

describe('createReader', () => {
  it('fills in defaults and leaves optional fields out', () => {
    expect(readText({})).toEqual({ ok: true, value: { limit: 5, ratio: 0.5, isOn: false, mode: 'none' } });
  });

  it('converts text to the type of the field', () => {
    expect(readText({ limit: ' 7 ', ratio: '1e-1', isOn: 'true', mode: 'full', name: 'abc' })).toEqual({
      ok: true,
      value: { limit: 7, ratio: 0.1, isOn: true, mode: 'full', name: 'abc' },
    });
  });

  it.each(['', '0', '11', '2.5', 'x', '0x5', 'Infinity', 'NaN', '1,5'])(
    'refuses "%s" as a limit',
    (limit) => {
      expect(readText({ limit })).toEqual({
        ok: false,
        faults: [{ field: 'limit', received: limit, legal: 'integer, 1 to 10' }],
      });
    },
  );

  it('does not convert JSON, so that the text "0" is never taken for a number or for true', () => {
    expect(readJson({ limit: '5', isOn: 'false' })).toMatchObject({
      ok: false,
      faults: [{ field: 'limit' }, { field: 'isOn', received: 'false', legal: 'true | false' }],
    });
  });

  it('reports all faults at once, unknown names with the nearest known one', () => {
    const reading = readText({ limt: '1', ratio: '2', mode: 'half', name: 'a' });
    expect(reading.ok ? [] : reading.faults.map(({ field }) => field)).toEqual([
      'limt',
      'ratio',
      'mode',
      'name',
    ]);
    expect(reading).toMatchObject({
      faults: [{ legal: 'a known name: limit' }, {}, { legal: 'none | full' }, {}],
    });
  });

  it('ignores unknown names where it is told to', () => {
    expect(createReader(schema, { form: 'text', unknownNames: 'ignore' })({ other: '1' }).ok).toBe(true);
  });

  it('takes a missing field without default for a fault', () => {
    const read = createReader(Type.Object({ title: Type.String() }), { form: 'json', unknownNames: 'fault' });
    expect(read({})).toEqual({ ok: false, faults: [{ field: 'title', received: null, legal: 'string' }] });
  });

  it('does not read inherited properties', () => {
    expect(readJson(Object.create({ limit: 3 }) as Record<string, unknown>)).toMatchObject({
      value: { limit: 5 },
    });
  });
});

describe('legalValues', () => {
  it('says bounds in words', () => {
    expect(legalValues(Type.Number({ minimum: 1 }))).toBe('number, at least 1');
    expect(legalValues(Type.Number({ maximum: 1 }))).toBe('number, at most 1');
    expect(legalValues(Type.Integer())).toBe('integer');
    expect(legalValues(Type.String({ minLength: 3, description: 'a key' }))).toBe(
      'string, at least 3 characters (a key)',
    );
  });
});
