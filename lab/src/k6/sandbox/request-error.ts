/** Why a request got no answer, with k6's number for it (https://grafana.com/docs/k6/latest/javascript-api/error-codes/). */
export interface RequestError {
  readonly code: number;
  readonly message: string;
}

export const genericError = 1000;
const dialError = 1210;
const unknownAuthority = 1310;

export const timeoutError: RequestError = { code: 1050, message: 'request timeout' };

const byCode: Readonly<Record<string, RequestError>> = {
  ENOTFOUND: { code: 1101, message: 'lookup: no such host' },
  EAI_AGAIN: { code: 1100, message: 'lookup: temporary failure in name resolution' },
  ECONNREFUSED: { code: 1212, message: 'dial: connection refused' },
  EHOSTUNREACH: { code: dialError, message: 'dial: no route to host' },
  ENETUNREACH: { code: dialError, message: 'dial: network is unreachable' },
  EPIPE: { code: 1201, message: 'write: broken pipe' },
  ERR_TLS_CERT_ALTNAME_INVALID: { code: 1311, message: 'x509: certificate is not valid for this host' },
  EPROTO: { code: 1300, message: 'tls: handshake failed' },
};

const untrusted = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
];

/** Says in k6's terms what Node's error means. */
export function toRequestError(error: NodeJS.ErrnoException, isConnected: boolean): RequestError {
  const { code = '', syscall, message } = error;
  const found = byCode[code];
  if (found !== undefined) return found;
  if (untrusted.includes(code))
    return { code: unknownAuthority, message: 'x509: certificate signed by unknown authority' };
  if (code.startsWith('ERR_SSL')) return { code: 1300, message: `tls: ${message}` };
  if (code === 'ETIMEDOUT')
    return isConnected
      ? { code: 1200, message: 'read: connection timed out' }
      : { code: 1211, message: 'dial: i/o timeout' };
  if (code === 'ECONNRESET' && syscall !== undefined)
    return { code: 1220, message: `${syscall}: connection reset by peer` };
  // The server ended the connection in good order, but without an answer.
  if (code === 'ECONNRESET') return { code: genericError, message: 'EOF' };
  if (syscall === 'connect') return { code: 1213, message: `dial: ${message}` };
  return { code: genericError, message };
}

/** k6's number for an answer; 0 where it is no error. */
export function statusErrorCode(status: number): number {
  return status >= 400 && status < 600 ? 1000 + status : 0;
}
