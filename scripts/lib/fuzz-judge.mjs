const problemType = 'application/problem+json';
/** Node answers these itself, without a body, before the service sees the request. */
const statusesOfNode = [400, 408, 413, 417, 431];
/** Of the protection that fuzz-system.mjs switches on: it refuses what the document allows. */
const inputLimitCode = 'INPUT_TOO_LONG';
const rejected = [400, 405, 413, 414, 415, 422];

/**
 * What is wrong with an answer, in a few words; null when nothing is. `errors` is the service's own table. Illegal values
 * must be refused, legal ones must not, and every error must be one of the table with its status; 500 never is.
 */
export function judge({ request, answer, errors }) {
  const { status, headers, body, bodyBytes } = answer;
  const type = headers['content-type'] ?? '';
  if (status >= 400) {
    const fault = judgeError({ request, answer, errors, type });
    if (fault !== null) return fault;
  } else if (type.startsWith('application/json') && bodyBytes === body.length && request.method !== 'HEAD') {
    if (parse(body) === undefined) return `${status} with a body that is no JSON`;
  }
  if (request.isMalformed) return null;
  if (request.verdict === 'illegal' && status < 400) return `${status} for an illegal value`;
  // An answer to HEAD has no body that could tell the protection's refusal from another.
  const isLimited = status === 422 && (request.method === 'HEAD' || parse(body)?.code === inputLimitCode);
  if (request.verdict !== 'legal' || isLimited) return null;
  if (rejected.includes(status)) return `${status} for legal values`;
  return status === 404 && !request.path.includes('{') ? '404 for an address of the document' : null;
}

function judgeError({ request, answer: { status, body }, errors, type }) {
  // The document declares another body for this one.
  if (status === 503 && request.path === '/readyz') return 'not ready';
  if (request.isMalformed && statusesOfNode.includes(status) && body.length === 0) return null;
  if (!type.startsWith(problemType)) return `${status} as ${type || 'nothing'}, not as ${problemType}`;
  if (request.method === 'HEAD') return status === 500 ? '500' : null;
  const details = parse(body);
  const entry = errors[details?.code];
  if (entry === undefined) return `${status} with the code ${details?.code}, which is not declared`;
  if (details.code === 'INTERNAL') return '500 INTERNAL';
  return entry.status === status
    ? null
    : `${details.code} with status ${status}, declared with ${entry.status}`;
}

function parse(body) {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
