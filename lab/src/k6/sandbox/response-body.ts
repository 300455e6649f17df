import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';

/** A larger answer fails its request: the script could not keep many of them. */
export const bodyLimitBytes = 16 * 1024 * 1024;

const decoders: Readonly<Record<string, (bytes: Buffer) => Promise<Buffer>>> = {
  gzip: promisify<Buffer, Buffer>(gunzip),
  deflate: promisify<Buffer, Buffer>(inflate),
  br: promisify<Buffer, Buffer>(brotliDecompress),
};

/** The text of an answer; null where nobody wants it, which costs no memory. */
export async function readBody(answer: IncomingMessage, isWanted: boolean): Promise<string | null> {
  const bytes = await collect(answer, isWanted);
  if (bytes === null) return null;
  const decode = decoders[answer.headers['content-encoding']?.toLowerCase() ?? ''];
  return (decode === undefined || bytes.length === 0 ? bytes : await decode(bytes)).toString('utf8');
}

function collect(answer: IncomingMessage, isWanted: boolean): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    answer.once('error', reject);
    answer.once('end', () => {
      const [only] = chunks;
      if (!isWanted) resolve(null);
      else resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks));
    });
    if (!isWanted) {
      answer.resume();
      return;
    }
    answer.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > bodyLimitBytes)
        answer.destroy(
          new Error(`the body is larger than ${bodyLimitBytes} bytes; discard it, or ask for less`),
        );
    });
  });
}
