import { describe, expect, it } from 'vitest';
import { decodeWriteRequest, unpackSnappy } from '../../test/fixtures/write-request.ts';
import { encodeWriteRequest, type RemoteSeries, staleMarker } from './remote-write.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('a write request', () => {
  it('is these bytes, laid out by hand after the specifications', () => {
    const series = [{ labels: { __name__: 'a' }, samples: [{ value: 1, timestampMs: 150 }] }];
    // Label: "__name__", "a". Sample: 1.0 in eight bytes; 150 as a varint, which is protobuf's own example.
    const label = '0a 08 5f5f6e616d655f5f  12 01 61';
    const sample = '09 000000000000f03f  10 9601';
    const request = `0a 1d  0a 0d ${label}  12 0c ${sample}`;
    // Snappy: 31 bytes, as one literal whose length less one is in the two bytes that follow its tag.
    const block = `1f  f4 1e00 ${request}`;
    expect(hex(encodeWriteRequest(series))).toBe(block.replaceAll(' ', ''));
  });

  it('says the same to a decoder as was put in, labels sorted by name, empty ones left out', () => {
    const series: RemoteSeries[] = [
      {
        labels: { route: 'GET /café', __name__: 'x_total', arm: 'protected', declared: '' },
        samples: [
          { value: 0.1, timestampMs: 1_764_065_479_798 },
          { value: -1e300, timestampMs: 1_764_065_480_798 },
        ],
      },
      { labels: { __name__: 'y' }, samples: [{ value: Infinity, timestampMs: 2 ** 42 }] },
    ];
    const decoded = decodeWriteRequest(encodeWriteRequest(series));
    expect(decoded.map(({ labels }) => labels)).toEqual([
      [
        ['__name__', 'x_total'],
        ['arm', 'protected'],
        ['route', 'GET /café'],
      ],
      [['__name__', 'y']],
    ]);
    expect(
      decoded.map(({ samples }) => samples.map(({ value, timestampMs }) => [value, timestampMs])),
    ).toEqual(series.map(({ samples }) => samples.map(({ value, timestampMs }) => [value, timestampMs])));
  });

  it("marks the end of a series with Prometheus' own NaN", () => {
    const series = [{ labels: { __name__: 'a' }, samples: [{ value: staleMarker, timestampMs: 1 }] }];
    expect(decodeWriteRequest(encodeWriteRequest(series))[0]?.samples[0]?.bits).toBe(0x7ff0000000000002n);
  });

  it('is an empty block when there is nothing to say', () => {
    expect(hex(encodeWriteRequest([]))).toBe('00');
  });

  it('is whole when it is longer than one literal of snappy', () => {
    const series = Array.from({ length: 3000 }, (_, index) => ({
      labels: { __name__: 'a_metric_with_a_name', index: String(index) },
      samples: [{ value: index, timestampMs: 1 }],
    }));
    const body = encodeWriteRequest(series);
    expect(unpackSnappy(body).length).toBeGreaterThan(2 * 65_536);
    expect(decodeWriteRequest(body).map(({ samples }) => samples[0]?.value)).toEqual(
      series.map((_, index) => index),
    );
  });
});
