const headEnd = Buffer.from('\r\n\r\n');
const keptBodyBytes = 65_536;

/**
 * Reads HTTP/1.1 answers from the bytes of one connection. `feed` gives the answers that are complete, each with
 * `status`, `headers` (names in lower case), `body` (its first 64 KiB), `bodyBytes`, `isClosing`. `isHead` says whether the
 * next answer is to HEAD and so has no body. @throws Error when the bytes are no HTTP answer.
 */
export function createAnswerParser(isHead = () => false) {
  let rest = Buffer.alloc(0);
  let current = null;

  function readHead() {
    const end = rest.indexOf(headEnd);
    if (end < 0) return false;
    const [first, ...lines] = rest.subarray(0, end).toString('latin1').split('\r\n');
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1]);
    if (Number.isNaN(status)) throw new Error(`not an HTTP answer: ${JSON.stringify(first.slice(0, 80))}`);
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    );
    rest = rest.subarray(end + headEnd.length);
    if (status >= 200) current = toAnswer(status, headers, isHead());
    return true;
  }

  function takeBody(length) {
    const taken = Math.min(length, rest.length);
    const room = Math.max(0, keptBodyBytes - current.bodyBytes);
    if (room > 0) current.pieces.push(rest.subarray(0, Math.min(taken, room)));
    current.bodyBytes += taken;
    rest = rest.subarray(taken);
    return taken;
  }

  /** True when the whole body is there. */
  function readBody() {
    if (current.framing === 'none') return true;
    if (current.framing !== 'chunked') {
      current.missingBytes -= takeBody(current.missingBytes);
      return current.missingBytes === 0;
    }
    for (;;) {
      if (current.missingBytes > 0) current.missingBytes -= takeBody(current.missingBytes);
      if (current.missingBytes > 0) return false;
      const end = rest.indexOf('\r\n');
      if (end < 0) return false;
      const line = rest.subarray(0, end).toString('latin1');
      rest = rest.subarray(end + 2);
      if (current.isLastChunk) {
        if (line === '') return true;
      } else if (line !== '') {
        current.missingBytes = Number.parseInt(line, 16);
        if (Number.isNaN(current.missingBytes))
          throw new Error(`not the length of a chunk: ${line.slice(0, 80)}`);
        current.isLastChunk = current.missingBytes === 0;
      }
    }
  }

  function finish() {
    const { status, headers, bodyBytes, isClosing, pieces } = current;
    current = null;
    return { status, headers, bodyBytes, isClosing, body: Buffer.concat(pieces) };
  }

  return {
    feed(bytes) {
      rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      const answers = [];
      for (;;) {
        if (current === null && !readHead()) break;
        if (current === null) continue;
        if (!readBody()) break;
        answers.push(finish());
      }
      return answers;
    },
    /** The connection has ended: the answer whose body ends with it, or null. */
    end() {
      return current?.framing === 'until-close' ? finish() : null;
    },
    /** An answer has begun and is not complete. */
    get isInside() {
      return current !== null || rest.length > 0;
    },
  };
}

function toAnswer(status, headers, isHead) {
  const hasNoBody = isHead || status === 204 || status === 304 || headers['content-length'] === '0';
  const isChunked = /chunked/i.test(headers['transfer-encoding'] ?? '');
  const length = headers['content-length'];
  const framing = hasNoBody
    ? 'none'
    : isChunked
      ? 'chunked'
      : length === undefined
        ? 'until-close'
        : 'length';
  return {
    status,
    headers,
    framing,
    missingBytes: framing === 'length' ? Number(length) : framing === 'until-close' ? Infinity : 0,
    isLastChunk: false,
    isClosing: /close/i.test(headers.connection ?? '') || framing === 'until-close',
    bodyBytes: 0,
    pieces: [],
  };
}
