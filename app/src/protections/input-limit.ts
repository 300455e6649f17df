import { Type } from 'typebox';
import { Problem } from '../errors.ts';
import { defineProtection } from './protection.ts';

/**
 * Turns a request away whose longest text is longer than anybody needs, before work on it begins: what costs more
 * than linear time cannot be sent. Choose `maxCharacters` from the legitimate use, not from the address's limit.
 * Source: OWASP, "Denial of Service Cheat Sheet", section "Input validation".
 */
export const inputLimit = defineProtection({
  name: 'input-limit',
  edge: 'request',
  layer: 'admission',
  summary: 'Rejects a request with a text longer than maxCharacters before any work is done.',
  settings: Type.Object({
    maxCharacters: Type.Integer({ minimum: 1, maximum: 100_000, default: 1000 }),
  }),
  events: ['rejected'],
  create({ maxCharacters }, { emit }) {
    return {
      async execute(work, call) {
        const length = call.request?.longestTextLength ?? 0;
        if (length <= maxCharacters) return work(call);
        emit('rejected');
        const detail = `a text of ${length} characters; ${maxCharacters} are taken in`;
        throw new Problem('INPUT_TOO_LONG', detail);
      },
    };
  },
});
