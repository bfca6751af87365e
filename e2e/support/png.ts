import { crc32, deflateSync, inflateSync } from 'node:zlib';

/*
 * Chromium writes its screenshots fast, not small. Here the same pixels are filtered and packed anew: without
 * the alpha channel (a screenshot has no holes), with a palette where 256 colours are enough. About half.
 */

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const RGB = 2;
const PALETTE = 3;
const RGBA = 6;
const PALETTE_MAX = 256;

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Three bytes a pixel, row by row. */
  readonly rgb: Buffer;
}

export function shrinkPng(png: Buffer): Buffer {
  const pixels = decode(png);
  const indexed = palette(pixels);
  const packed = indexed === null ? packRgb(pixels) : packIndexed(pixels, indexed);
  return packed.length < png.length ? packed : png;
}

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

function* chunksOf(png: Buffer): Generator<Chunk> {
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    yield { type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) };
    at += length + 12;
  }
}

function decode(png: Buffer): Pixels {
  const chunks = [...chunksOf(png)];
  const header = chunks.find(({ type }) => type === 'IHDR')?.data;
  const [depth, colourType, interlaced] = [header?.[8], header?.[9], header?.[12]];
  if (
    header === undefined ||
    depth !== 8 ||
    (colourType !== RGB && colourType !== RGBA) ||
    interlaced !== 0
  ) {
    throw new Error('not a PNG as Chromium writes it');
  }
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const channels = colourType === RGB ? 3 : 4;
  const raw = inflateSync(
    Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)),
  );
  const rows = unfilter(raw, width * channels, height, channels);
  if (channels === 3) return { width, height, rgb: rows };
  const rgb = Buffer.alloc(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel += 1) rows.copy(rgb, pixel * 3, pixel * 4, pixel * 4 + 3);
  return { width, height, rgb };
}

/** Each row begins with the number of its filter (PNG specification, section 9). */
function unfilter(raw: Buffer, rowLength: number, height: number, channels: number): Buffer {
  const out = Buffer.alloc(rowLength * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (rowLength + 1)] ?? 0;
    for (let x = 0; x < rowLength; x += 1) {
      const value = raw[y * (rowLength + 1) + 1 + x] ?? 0;
      const left = x < channels ? 0 : (out[y * rowLength + x - channels] ?? 0);
      const up = y === 0 ? 0 : (out[(y - 1) * rowLength + x] ?? 0);
      const corner = y === 0 || x < channels ? 0 : (out[(y - 1) * rowLength + x - channels] ?? 0);
      out[y * rowLength + x] = (value + predicted(filter, left, up, corner)) & 255;
    }
  }
  return out;
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4: {
      const estimate = left + up - corner;
      const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - corner)];
      if (a <= b && a <= c) return left;
      return b <= c ? up : corner;
    }
    default:
      return 0;
  }
}

interface Indexed {
  readonly colours: Buffer;
  readonly indices: Buffer;
}

function palette({ rgb }: Pixels): Indexed | null {
  const places = new Map<number, number>();
  const indices = Buffer.alloc(rgb.length / 3);
  for (let pixel = 0; pixel < indices.length; pixel += 1) {
    const colour = rgb.readUIntBE(pixel * 3, 3);
    let place = places.get(colour);
    if (place === undefined) {
      place = places.size;
      if (place === PALETTE_MAX) return null;
      places.set(colour, place);
    }
    indices[pixel] = place;
  }
  const colours = Buffer.alloc(places.size * 3);
  for (const [colour, place] of places) colours.writeUIntBE(colour, place * 3, 3);
  return { colours, indices };
}

const packIndexed = ({ width, height }: Pixels, { colours, indices }: Indexed): Buffer =>
  png(width, height, PALETTE, [{ type: 'PLTE', data: colours }], withFilter(indices, width, height, 1, 0));

/** Flat screens pack best unfiltered or by the row above: the smaller of both. */
function packRgb({ width, height, rgb }: Pixels): Buffer {
  const packed = [0, 2].map((filter) =>
    png(width, height, RGB, [], withFilter(rgb, width * 3, height, 3, filter)),
  );
  return packed.reduce((smallest, next) => (next.length < smallest.length ? next : smallest));
}

function withFilter(
  rows: Buffer,
  rowLength: number,
  height: number,
  _channels: number,
  filter: number,
): Buffer {
  const out = Buffer.alloc((rowLength + 1) * height);
  for (let y = 0; y < height; y += 1) {
    out[y * (rowLength + 1)] = filter;
    for (let x = 0; x < rowLength; x += 1) {
      const up = filter === 0 || y === 0 ? 0 : (rows[(y - 1) * rowLength + x] ?? 0);
      out[y * (rowLength + 1) + 1 + x] = ((rows[y * rowLength + x] ?? 0) - up) & 255;
    }
  }
  return out;
}

function png(
  width: number,
  height: number,
  colourType: number,
  before: readonly Chunk[],
  raw: Buffer,
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colourType, 0, 0, 0], 8);
  const data = deflateSync(raw, { level: 9, memLevel: 9 });
  const chunks = [
    { type: 'IHDR', data: header },
    ...before,
    { type: 'IDAT', data },
    { type: 'IEND', data: Buffer.alloc(0) },
  ];
  return Buffer.concat([SIGNATURE, ...chunks.map(written)]);
}

function written({ type, data }: Chunk): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}
