import { deflateSync, inflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { shrinkPng } from './png.ts';

/** A PNG without a filter, as little as the specification allows; checksums are not looked at here. */
function rawPng(width: number, height: number, pixel: (x: number, y: number) => readonly number[]): Buffer {
  const rows = Array.from({ length: height }, (_, y) => [
    0,
    ...Array.from({ length: width }, (_, x) => pixel(x, y)).flat(),
  ]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const chunk = (type: string, data: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)]);
  };
  const data = deflateSync(Buffer.from(rows.flat()), { level: 0 });
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const partOf = (png: Buffer, type: string): Buffer => {
  const at = png.indexOf(type);
  return png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4));
};

it('few colours become a palette, and every pixel keeps its colour', () => {
  const colours = [
    [214, 0, 28, 255],
    [250, 250, 247, 255],
  ];
  const small = shrinkPng(rawPng(40, 30, (x, y) => colours[(x + y) % 2] ?? []));
  expect(partOf(small, 'IHDR')[9]).toBe(3);
  const palette = partOf(small, 'PLTE');
  const rows = inflateSync(partOf(small, 'IDAT'));
  for (const [x, y] of [
    [0, 0],
    [1, 0],
    [39, 29],
  ] as const) {
    const place = (rows[y * 41 + 1 + x] ?? 0) * 3;
    expect([...palette.subarray(place, place + 3)]).toEqual(colours[(x + y) % 2]?.slice(0, 3));
  }
});

it('many colours stay as they are, without their alpha channel', () => {
  const small = shrinkPng(rawPng(64, 64, (x, y) => [x * 4, y * 4, (x * y) % 256, 255]));
  expect(partOf(small, 'IHDR')[9]).toBe(2);
  expect(small.length).toBeLessThan(64 * 64 * 4);
});

it('says so where it is no PNG of a screenshot', () => {
  expect(() => shrinkPng(Buffer.from('GIF89a, which is something else'))).toThrow();
});
