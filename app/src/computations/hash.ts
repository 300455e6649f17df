import { pbkdf2, pbkdf2Sync } from 'node:crypto';
import { promisify } from 'node:util';
import { defineComputation } from './computation.ts';

/** Those of the test vector with 80,000 iterations in RFC 7914, section 11, so the digest can be compared with it. */
const PASSWORD = 'Password';
const SALT = 'NaCl';
/** The length of one SHA-256 block: a longer key would cost a whole further run (RFC 8018, section 5.2). */
const KEY_BYTES = 32;

export interface HashInput {
  readonly iterations: number;
  /** `event-loop` holds the calling thread; `thread-pool` hands the work to libuv, whose threads files and name look-ups need too. */
  readonly mode: 'event-loop' | 'thread-pool';
}

/** PBKDF2-HMAC-SHA-256 of a fixed password (RFC 8018) in hexadecimal digits: the same in both modes, linear in `iterations`. */
export const hash = defineComputation({
  name: 'hash',
  async run({ iterations, mode }: HashInput) {
    const key =
      mode === 'thread-pool'
        ? await promisify(pbkdf2)(PASSWORD, SALT, iterations, KEY_BYTES, 'sha256')
        : pbkdf2Sync(PASSWORD, SALT, iterations, KEY_BYTES, 'sha256');
    return key.toString('hex');
  },
});
