/**
 * `more`: the answer is not complete yet. `complete`: it was read to its end. `broken`: this is not HTTP/1.1, or more
 * came than was announced.
 */
export type Progress = 'more' | 'complete' | 'broken';

type State = 'head' | 'fixed' | 'chunk-size' | 'chunk-data' | 'chunk-end' | 'trailer' | 'until-close';

const longestHeadBytes = 65_536;
const longestLineBytes = 4096;

/**
 * Reads one HTTP/1.1 answer after another from one connection (RFC 9112) and keeps what a load driver needs of it. A
 * body is counted, never stored.
 */
export class ResponseParser {
  status = 0;
  /** The answer carries the header `Lab-Degraded`. */
  degraded = false;
  /** The connection can carry another request after this answer. */
  reusable = true;
  /** How long the server keeps an idle connection, if it says so (`Keep-Alive: timeout=5`). */
  keepAliveMs: number | null = null;

  #state: State = 'head';
  #remainingBytes = 0;
  #partial = '';

  /** Takes what arrived next: the first `length` bytes of `buffer`. */
  feed(buffer: Buffer, length: number): Progress {
    let offset = 0;
    while (offset < length || this.#hasEmptyRest()) {
      if (this.#state === 'head') {
        offset = this.#readHead(buffer, offset, length);
      } else if (this.#state === 'fixed' || this.#state === 'chunk-data') {
        const taken = Math.min(this.#remainingBytes, length - offset);
        this.#remainingBytes -= taken;
        offset += taken;
        if (this.#remainingBytes > 0) return 'more';
        if (this.#state === 'fixed') return this.#finish(offset === length);
        this.#state = 'chunk-end';
      } else if (this.#state === 'until-close') {
        return 'more';
      } else {
        const lineEnd = buffer.indexOf(0x0a, offset);
        const end = lineEnd < 0 || lineEnd >= length ? length : lineEnd + 1;
        this.#partial += buffer.toString('latin1', offset, end);
        offset = end;
        if (this.#partial.length > longestLineBytes) return 'broken';
        if (!this.#partial.endsWith('\n')) return 'more';
        const line = this.#partial.trimEnd();
        this.#partial = '';
        if (this.#state === 'trailer' && line === '') return this.#finish(offset === length);
        if (this.#state !== 'trailer' && !this.#readChunkLine(line)) return 'broken';
      }
      if (offset < 0) return 'broken';
    }
    return 'more';
  }

  /** The server has ended the connection: `complete` where that is how this answer ends. */
  end(): Progress {
    return this.#state === 'until-close' ? this.#finish(true) : 'broken';
  }

  /** A body of zero bytes is complete without another byte. */
  #hasEmptyRest(): boolean {
    return this.#state === 'fixed' && this.#remainingBytes === 0;
  }

  #finish(nothingLeft: boolean): Progress {
    this.#state = 'head';
    return nothingLeft ? 'complete' : 'broken';
  }

  /** Returns the offset behind the head, or −1 when it is no head. */
  #readHead(buffer: Buffer, offset: number, length: number): number {
    const headEnd = this.#partial === '' ? buffer.indexOf('\r\n\r\n', offset, 'latin1') : -1;
    if (headEnd >= 0 && headEnd + 4 <= length) {
      return this.#takeHead(buffer.toString('latin1', offset, headEnd)) ? headEnd + 4 : -1;
    }
    const before = this.#partial.length;
    this.#partial += buffer.toString('latin1', offset, length);
    const end = this.#partial.indexOf('\r\n\r\n');
    if (end < 0) return this.#partial.length > longestHeadBytes ? -1 : length;
    const head = this.#partial.slice(0, end);
    this.#partial = '';
    return this.#takeHead(head) ? offset + end + 4 - before : -1;
  }

  #takeHead(head: string): boolean {
    if (!head.startsWith('HTTP/1.')) return false;
    this.status = Number(head.slice(9, 12));
    if (!(this.status >= 100 && this.status <= 999)) return false;
    if (this.status < 200) return this.status !== 101;
    this.degraded = false;
    this.reusable = head.charCodeAt(7) !== 0x30;
    this.#state = 'until-close';
    this.#remainingBytes = 0;
    let lineStart = head.indexOf('\r\n') + 2;
    while (lineStart > 1) {
      const lineEnd = head.indexOf('\r\n', lineStart);
      if (!this.#takeField(head, lineStart, lineEnd < 0 ? head.length : lineEnd)) return false;
      lineStart = lineEnd + 2;
    }
    if (this.status === 204 || this.status === 304) {
      this.#state = 'fixed';
      this.#remainingBytes = 0;
    }
    if (this.#state === 'until-close') this.reusable = false;
    return true;
  }

  /** Looks closer only at fields that begin like one that matters: most do not. */
  #takeField(head: string, start: number, end: number): boolean {
    const first = head.charCodeAt(start) | 0x20;
    if (first !== 0x63 && first !== 0x74 && first !== 0x6c && first !== 0x6b) return true;
    const colon = head.indexOf(':', start);
    if (colon < 0 || colon > end) return false;
    const name = head.slice(start, colon).toLowerCase();
    if (name === 'content-length') {
      const value = head.slice(colon + 1, end).trim();
      if (!/^\d{1,15}$/.test(value)) return false;
      if (this.#state === 'until-close') this.#state = 'fixed';
      this.#remainingBytes = Number(value);
    } else if (name === 'transfer-encoding') {
      this.#state = /chunked\s*$/i.test(head.slice(colon + 1, end)) ? 'chunk-size' : 'until-close';
    } else if (name === 'connection') {
      if (/close/i.test(head.slice(colon + 1, end))) this.reusable = false;
    } else if (name === 'lab-degraded') {
      this.degraded = true;
    } else if (name === 'keep-alive') {
      const seconds = /timeout=(\d+)/i.exec(head.slice(colon + 1, end))?.[1];
      if (seconds !== undefined) this.keepAliveMs = Number(seconds) * 1000;
    }
    return true;
  }

  #readChunkLine(line: string): boolean {
    if (this.#state === 'chunk-end') {
      this.#state = 'chunk-size';
      return line === '';
    }
    const size = /^[\da-f]{1,12}/i.exec(line)?.[0];
    if (size === undefined) return false;
    this.#remainingBytes = Number.parseInt(size, 16);
    this.#state = this.#remainingBytes === 0 ? 'trailer' : 'chunk-data';
    return true;
  }
}
