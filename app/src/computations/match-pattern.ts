import { defineComputation } from './computation.ts';

/**
 * "Only the letter a, once or more", written so that a text of n letters can be divided between the two `+` in 2^(n-1)
 * ways. One wrong character at its end makes a backtracking matcher try all of them.
 * Source: OWASP, "Regular expression Denial of Service"; such an expression took all of Cloudflare down on 2019-07-02.
 */
const PATTERN = /^(a+)+$/;

// V8 interprets an expression once and compiles it for the second use, which is nine times as fast: used twice here,
// it costs the same for every text after, in every thread.
for (const text of ['a', 'b']) PATTERN.test(text);

/** Whether the text is legal. One character more doubles the time of a text that nearly is. */
export const matchPattern = defineComputation({
  name: 'match-pattern',
  run: ({ text }: { readonly text: string }) => PATTERN.test(text),
});
