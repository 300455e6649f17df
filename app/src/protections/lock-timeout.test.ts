import { describeSessionLimit } from '../../test/support/session-limit.ts';
import { lockTimeout } from './lock-timeout.ts';

describeSessionLimit(lockTimeout, {
  parameter: 'lock_timeout',
  code: 'LOCK_TIMEOUT',
  event: 'timed-out',
});
