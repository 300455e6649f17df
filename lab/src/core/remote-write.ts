/** One time series and some of its samples. */
export interface RemoteSeries {
  /** With the metric's name as `__name__`; in any order. A label without a value is left out. */
  readonly labels: Readonly<Record<string, string>>;
  /** Ascending in time. */
  readonly samples: readonly { readonly value: number; readonly timestampMs: number }[];
}

/** As a sample's value: the series ends here. No other value of a series may be NaN. */
export const staleMarker = Number.NaN;

/**
 * The body of one Prometheus remote write 1.0 request: a protobuf WriteRequest in a snappy block
 * (https://prometheus.io/docs/specs/prw/remote_write_spec/).
 *
 * Written here and not by protobufjs and snappyjs, because it needs so little of them: four messages with eight fields
 * that never change, and a block may hold literals alone. Uncompressed, a second of a run is about 50 kB.
 */
export function encodeWriteRequest(series: readonly RemoteSeries[]): Uint8Array {
  const request = new Bytes();
  for (const each of series) request.message(1, (bytes) => writeSeries(bytes, each));
  return toSnappyBlock(request.written());
}

/** The labels of a series as a request has them: sorted by name, those with a value. */
export function toLabelPairs(labels: RemoteSeries['labels']): [name: string, value: string][] {
  return Object.entries(labels)
    .filter(([, value]) => value !== '')
    .sort(([left], [right]) => (left < right ? -1 : 1));
}

function writeSeries(bytes: Bytes, { labels, samples }: RemoteSeries): void {
  for (const [name, value] of toLabelPairs(labels)) {
    bytes.message(1, (label) => {
      label.text(1, name);
      label.text(2, value);
    });
  }
  for (const { value, timestampMs } of samples) {
    bytes.message(2, (sample) => {
      sample.double(1, value);
      sample.integer(2, timestampMs);
    });
  }
}

/** A literal's length, less one, in two bytes; so a longer request is several literals. */
const literalBytes = 65_536;

/** https://github.com/google/snappy/blob/main/format_description.txt: the length, then elements; here only literals. */
function toSnappyBlock(content: Uint8Array): Uint8Array {
  const block = new Bytes(content.length + 64);
  block.varint(content.length);
  for (let start = 0; start < content.length; start += literalBytes) {
    const literal = content.subarray(start, start + literalBytes);
    const lengthLess1 = literal.length - 1;
    block.append(Uint8Array.of(61 << 2, lengthLess1 & 0xff, lengthLess1 >> 8));
    block.append(literal);
  }
  return block.written();
}

const utf8 = new TextEncoder();
/** Field types on the wire (https://protobuf.dev/programming-guides/encoding/). */
const wire = { varint: 0, fixed64: 1, lengthDelimited: 2 } as const;

/** A buffer that grows, and the few protobuf encodings that a WriteRequest has. */
class Bytes {
  #content: Uint8Array;
  #length = 0;

  constructor(expected = 128) {
    this.#content = new Uint8Array(expected);
  }

  written(): Uint8Array {
    return this.#content.subarray(0, this.#length);
  }

  append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#content.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#content.length));
      larger.set(this.written());
      this.#content = larger;
    }
    this.#content.set(bytes, this.#length);
    this.#length = needed;
  }

  /** Base 128, least significant group first; by division, since milliseconds of our time have more than 32 bits. */
  varint(value: number): void {
    const groups: number[] = [];
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) groups.push((rest % 128) + 128);
    this.append(Uint8Array.of(...groups, rest));
  }

  message(field: number, fill: (inner: Bytes) => void): void {
    const inner = new Bytes();
    fill(inner);
    this.#delimited(field, inner.written());
  }

  text(field: number, value: string): void {
    this.#delimited(field, utf8.encode(value));
  }

  /** Whole, not negative. */
  integer(field: number, value: number): void {
    this.varint((field << 3) | wire.varint);
    this.varint(value);
  }

  double(field: number, value: number): void {
    const bytes = new DataView(new ArrayBuffer(8));
    // JavaScript does not keep the bits of a NaN, so Prometheus' own is written out.
    if (Number.isNaN(value)) bytes.setBigUint64(0, 0x7ff0000000000002n, true);
    else bytes.setFloat64(0, value, true);
    this.varint((field << 3) | wire.fixed64);
    this.append(new Uint8Array(bytes.buffer));
  }

  #delimited(field: number, content: Uint8Array): void {
    this.varint((field << 3) | wire.lengthDelimited);
    this.varint(content.length);
    this.append(content);
  }
}
