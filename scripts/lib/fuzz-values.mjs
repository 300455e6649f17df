/**
 * Values for one field of a schema, with whether the document allows them: `legal`, `illegal`, or `any` when the
 * document does not say. The fields are flat: numbers, integers, booleans, texts and lists of constants.
 */
export function createValues(random) {
  const pick = (list) => list[Math.floor(random() * list.length)];
  const between = (low, high) => low + Math.floor(random() * (high - low + 1));

  /** So many characters as JSON Schema counts them: code points. */
  function text(length) {
    const alphabet = pick([letters, letters, wild]);
    const points = Array.from({ length }, () => Array.from(pick(alphabet))).flat();
    return points.slice(0, length).join('');
  }

  function legal(schema) {
    const constants = constantsOf(schema);
    if (constants !== null) return pick(constants);
    if (schema.type === 'boolean') return pick([true, false]);
    if (schema.type === 'integer' || schema.type === 'number') return legalNumber(schema);
    const least = schema.minLength ?? 0;
    const most = Math.min(schema.maxLength ?? 300, 4000);
    return text(pick([least, most, between(least, Math.min(most, least + 40))]));
  }

  function legalNumber({ type, minimum = -1000, maximum = 1000, default: usual }) {
    const any = minimum + random() * (Math.min(maximum, minimum + 1e6) - minimum);
    const value = pick([minimum, maximum, usual ?? any, any, any]);
    return type === 'integer' ? Math.min(Math.ceil(value), maximum) : value;
  }

  /** A value of the right form that is out of bounds, or of a wrong form; undefined when there is none. */
  function illegal(schema, form) {
    const constants = constantsOf(schema);
    const candidates = [];
    if (constants !== null) candidates.push('none of them', '', `${constants[0]} `);
    else if (schema.type === 'boolean') candidates.push('yes', 'TRUE', '2', '');
    else if (schema.type === 'integer' || schema.type === 'number') {
      if (schema.minimum !== undefined) candidates.push(schema.minimum - 1, -1e308);
      if (schema.maximum !== undefined) candidates.push(schema.maximum * 2 + 1, 1e308);
      if (schema.type === 'integer') candidates.push(1.5, 1e-9);
      candidates.push(...notNumbers);
    } else {
      if (schema.minLength > 0) candidates.push('');
      if (schema.maxLength !== undefined) candidates.push(text(schema.maxLength + 1 + between(0, 3000)));
      if (schema.pattern !== undefined)
        candidates.push(...['\0', 'a\0b'].filter((one) => !fits(schema, one)));
    }
    if (form === 'json') candidates.push(null, [], {}, [1], { a: 1 }, schema.type === 'string' ? 7 : '7');
    return candidates.length === 0 ? undefined : pick(candidates);
  }

  return { pick, between, text, legal: (schema) => checked(schema, legal(schema)), illegal };
}

const letters = Array.from('abcdefghijklmnopqrstuvwxyzABCXYZ0123456789 -_.');
const wild = [...Array.from(`äß漢🙂\u202e\ufeff'"\\;<>&%#?/\n\t\u007f\u0001é`), 'e\u0301', '\ud800'];
const notNumbers = [
  'abc',
  'NaN',
  'Infinity',
  '1e999',
  '0x10',
  '1_000',
  '1,5',
  '１２',
  'true',
  'null',
  '--1',
  '1 OR 1=1',
  '🙂',
  '\0',
  '1\0',
  '[object Object]',
];

function checked(schema, value) {
  if (typeof value !== 'string') return { value, verdict: 'legal' };
  // Half a surrogate pair is no text in UTF-8: what arrives is another character.
  return { value, verdict: fits(schema, value) && value.isWellFormed() ? 'legal' : 'any' };
}

function fits({ pattern }, value) {
  return pattern === undefined || new RegExp(pattern, 'u').test(value);
}

function constantsOf(schema) {
  if (schema.const !== undefined) return [schema.const];
  if (schema.enum !== undefined) return schema.enum;
  const options = schema.anyOf?.map((option) => option.enum ?? [option.const]).flat();
  return options?.every((option) => option !== undefined) ? options : null;
}
