import type { LineWriter } from './json-output.ts';

/** So many characters are gathered before they are written. */
const chunkLength = 65_536;

/** Gathers lines into larger texts: a write for each line would cost more than making the line. */
export function gatherLines(target: LineWriter): LineWriter {
  let lines: string[] = [];
  let length = 0;
  const flush = () => {
    if (lines.length > 0) target.write(lines.join('\n'));
    lines = [];
    length = 0;
  };
  return {
    write(line) {
      lines.push(line);
      length += line.length;
      if (length >= chunkLength) flush();
    },
    async close() {
      flush();
      await target.close();
    },
  };
}
