// Turns a screenshot (PNG, 8 bits a channel, not interlaced: what Chromium writes) into one with 256 colours: a third of
// the bytes, and no difference that an eye finds in a user interface.
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from('89504e470d0a1a0a', 'hex');
const colours = 256;
const frequentColours = 160;

/** PNG bytes to PNG bytes; frequent colours stay exactly as they are, rare ones become their nearest neighbour. */
export function indexedPng(png) {
  const { width, height, pixels } = decode(png);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const palette = paletteOf(counts);
  const indexOf = new Map([...counts.keys()].map((colour) => [colour, nearest(palette, colour)]));
  const rows = Buffer.alloc(height * (width + 1));
  for (let at = 0; at < pixels.length; at++) rows[at + Math.floor(at / width) + 1] = indexOf.get(pixels[at]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap(channels))),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

// The frequent ones, then always the one farthest from all chosen: a small green icon keeps its green.
function paletteOf(counts) {
  const ranked = [...counts].sort(([, a], [, b]) => b - a).map(([colour]) => colour);
  const palette = ranked.slice(0, frequentColours);
  const rest = ranked.slice(frequentColours).map((colour) => ({
    colour,
    away: Math.min(...palette.map((chosen) => distance(chosen, colour))),
  }));
  while (palette.length < colours && rest.length > 0) {
    const farthest = rest.reduce((a, b) => (b.away > a.away ? b : a));
    palette.push(farthest.colour);
    for (const each of rest) each.away = Math.min(each.away, distance(farthest.colour, each.colour));
  }
  return palette;
}

/** Pixels as 0xRRGGBB; transparency is dropped. */
function decode(png) {
  const data = [];
  let header = null;
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const body = png.subarray(at + 8, at + 8 + png.readUInt32BE(at));
    const type = png.toString('latin1', at + 4, at + 8);
    if (type === 'IHDR') header = body;
    if (type === 'IDAT') data.push(body);
  }
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const size = header[9] === 6 ? 4 : 3;
  const stride = width * size;
  const raw = inflateSync(Buffer.concat(data));
  const bytes = Buffer.alloc(height * stride);
  for (let row = 0; row < height; row++) {
    const filter = raw[row * (stride + 1)];
    for (let column = 0; column < stride; column++) {
      const at = row * stride + column;
      const left = column >= size ? bytes[at - size] : 0;
      const up = row > 0 ? bytes[at - stride] : 0;
      const corner = column >= size && row > 0 ? bytes[at - stride - size] : 0;
      bytes[at] = raw[row * (stride + 1) + 1 + column] + predicted(filter, left, up, corner);
    }
  }
  const pixels = new Uint32Array(width * height);
  for (let at = 0; at < pixels.length; at++) pixels[at] = bytes.readUIntBE(at * size, 3);
  return { width, height, pixels };
}

/** The filters of PNG, section 9.2. */
function predicted(filter, left, up, corner) {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4) return 0;
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

function nearest(palette, colour) {
  const distances = palette.map((candidate) => distance(candidate, colour));
  return distances.indexOf(Math.min(...distances));
}

function distance(one, other) {
  const [from, to] = [channels(one), channels(other)];
  return from.reduce((sum, value, channel) => sum + (value - to[channel]) ** 2, 0);
}

function channels(colour) {
  return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

function chunk(type, body) {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
