import { describeSessionLimit } from '../../test/support/session-limit.ts';
import { statementTimeout } from './statement-timeout.ts';

describeSessionLimit(statementTimeout, {
  parameter: 'statement_timeout',
  code: 'STATEMENT_TIMEOUT',
  event: 'timed-out',
});
