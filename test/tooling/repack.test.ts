import { deepStrictEqual, notDeepStrictEqual, ok } from 'node:assert/strict';
import { crc32, deflateRawSync } from 'node:zlib';
import { contentOf, entriesOf, repack } from '../../scripts/repack.mjs';

const text = Buffer.from('the same words, again and again. '.repeat(40));
const picture = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

describe('an archive that is packed anew', () => {
  it('holds the same files, each no larger', async () => {
    const before = zipOf({ 'b/text.txt': text, 'a.png': picture, empty: Buffer.alloc(0) }, 0);
    const after = await repack(before);
    const entries = entriesOf(after);
    deepStrictEqual(
      entries.map((entry) => [entry.name, contentOf(entry)]),
      [
        ['a.png', picture],
        ['b/text.txt', text],
        ['empty', Buffer.alloc(0)],
      ],
    );
    deepStrictEqual(
      entries.map(({ record }) => record.readUInt32LE(16)),
      [picture, text, Buffer.alloc(0)].map((content) => crc32(content)),
    );
    ok(after.length < before.length);
  });

  it('says of each file the same where it lies and in its directory', async () => {
    const zip = await repack(zipOf({ one: text, two: picture }, 0));
    for (const { record } of entriesOf(zip)) {
      const local = record.readUInt32LE(42);
      deepStrictEqual(zip.subarray(local + 4, local + 30), record.subarray(6, 32));
    }
  });

  it('is the same whatever the hour and the order', async () => {
    const early = zipOf({ one: text, two: picture }, 0x5a21_0000);
    const late = zipOf({ two: picture, one: text }, 0x5a22_1234);
    notDeepStrictEqual(early, late);
    deepStrictEqual(await repack(early), await repack(late));
  });
});

/** As a program that does not look ahead writes it: sizes follow the data, the time stands with each file. */
function zipOf(files: Readonly<Record<string, Buffer>>, time: number): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  for (const [name, content] of Object.entries(files)) {
    const packed = deflateRawSync(content);
    const record = Buffer.alloc(46);
    record.writeUInt32LE(0x02014b50);
    record.writeUInt16LE(0x0808, 8);
    record.writeUInt16LE(8, 10);
    record.writeUInt32LE(time, 12);
    record.writeUInt32LE(crc32(content), 16);
    record.writeUInt32LE(packed.length, 20);
    record.writeUInt32LE(content.length, 24);
    record.writeUInt16LE(name.length, 28);
    record.writeUInt32LE(Buffer.concat(parts).length, 42);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    record.copy(local, 4, 6, 16);
    local.writeUInt16LE(name.length, 26);
    const descriptor = Buffer.alloc(16);
    descriptor.writeUInt32LE(0x08074b50);
    record.copy(descriptor, 4, 16, 28);
    parts.push(local, Buffer.from(name), packed, descriptor);
    directory.push(record, Buffer.from(name));
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(directory.length / 2, 8);
  end.writeUInt16LE(directory.length / 2, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(Buffer.concat(parts).length, 16);
  return Buffer.concat([...parts, ...directory, end]);
}
