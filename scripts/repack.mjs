// @ts-check
// Packs a zip archive anew: as small as deflate can make it, and the same bytes for the same files.
import { inflateRawSync } from 'node:zlib';
import { deflateAsync } from '@gfx/zopfli';

// APPNOTE 4.3.7, 4.3.12, 4.3.16: a record of the directory holds all that the header of its file does.
const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END = 0x06054b50;
const END_BYTES = 22;
const DEFLATED = 8;
/** Sizes follow the data: they stand in the header here. */
const FLAG_DESCRIPTOR = 0x08;
const FIRST_OF_1980 = 0x21;
const PLAIN_FILE = 0o100644;
/** More of them cost seconds and gain hundreds of bytes. */
const ROUNDS = 5;

/**
 * One file of an archive.
 * @typedef {object} Entry
 * @property {string} name
 * @property {Buffer} record Its part of the directory, without its name.
 * @property {Buffer} packed As it lies in the archive.
 */

/**
 * In the order of the directory.
 * @param {Buffer} zip
 * @returns {readonly Entry[]}
 */
export function entriesOf(zip) {
  const end = zip.length - END_BYTES;
  if (zip.readUInt32LE(end) !== END) throw new Error('This is no zip archive, or one with a comment.');
  let at = zip.readUInt32LE(end + 16);
  return Array.from({ length: zip.readUInt16LE(end + 10) }, () => {
    const record = zip.subarray(at, at + CENTRAL_BYTES);
    const name = zip.toString('utf8', at + CENTRAL_BYTES, at + CENTRAL_BYTES + record.readUInt16LE(28));
    at += CENTRAL_BYTES + record.readUInt16LE(28) + record.readUInt16LE(30) + record.readUInt16LE(32);
    const local = record.readUInt32LE(42);
    const start = local + LOCAL_BYTES + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    return { name, record, packed: zip.subarray(start, start + record.readUInt32LE(20)) };
  });
}

/**
 * @param {Entry} entry
 * @returns {Buffer}
 */
export function contentOf({ record, packed }) {
  return record.readUInt16LE(10) === DEFLATED ? inflateRawSync(packed) : packed;
}

/**
 * @param {Buffer} zip
 * @returns {Promise<Buffer>}
 */
export async function repack(zip) {
  const files = [];
  const directory = [];
  let offset = 0;
  for (const entry of entriesOf(zip).toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = Buffer.from(entry.name);
    const packed = await smallest(entry);
    const record = Buffer.from(entry.record);
    record.writeUInt16LE(record.readUInt16LE(8) & ~FLAG_DESCRIPTOR, 8);
    record.writeUInt16LE(0, 12);
    record.writeUInt16LE(FIRST_OF_1980, 14);
    record.writeUInt32LE(packed.length, 20);
    // No extra fields, no comment.
    record.writeUInt32LE(0, 30);
    record.writeUInt32LE(PLAIN_FILE * 0x10000, 38);
    record.writeUInt32LE(offset, 42);
    const local = Buffer.alloc(LOCAL_BYTES);
    local.writeUInt32LE(LOCAL);
    record.copy(local, 4, 6, 32);
    files.push(local, name, packed);
    directory.push(record, name);
    offset += local.length + name.length + packed.length;
  }
  const end = Buffer.from(zip.subarray(-END_BYTES));
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, ...directory, end]);
}

/** @param {Entry} entry */
async function smallest(entry) {
  if (entry.record.readUInt16LE(10) !== DEFLATED) return entry.packed;
  const again = await deflateAsync(contentOf(entry), { numiterations: ROUNDS });
  return again.length < entry.packed.length ? again : entry.packed;
}
