import { Type } from 'typebox';
import { matchPattern } from '../computations/match-pattern.ts';
import { defineFailure } from './failure.ts';

/**
 * The poison request: a validation whose expression is checked in exponential time. A short text such as thirty
 * letters a and a ! keeps a core busy for seconds; sent again to the next replica, it takes that one, too.
 */
export const validate = defineFailure({
  name: 'validate',
  method: 'GET',
  path: '/api/validate',
  summary:
    'Checks text with a catastrophic regular expression; a text that nearly matches holds the event loop.',
  blocksEventLoop: true,
  parameters: Type.Object({
    text: Type.String({
      minLength: 1,
      maxLength: 32,
      default: 'aaaa',
      description: 'legal is the letter a, repeated; each letter before a wrong end doubles the time',
    }),
  }),
  answer: Type.Object({
    matches: Type.Boolean(),
    characters: Type.Integer({ description: 'length of the text' }),
  }),
  async run({ text }, { call, compute }) {
    return { matches: await compute(matchPattern, { text }, call), characters: text.length };
  },
});
