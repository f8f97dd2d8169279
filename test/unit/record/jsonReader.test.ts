import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { bytesSource } from '../../../src/core/record/har/byteSources.js';
import { JsonError, JsonReader, parseSlice, TOO_LARGE } from '../../../src/core/record/har/jsonReader.js';

const readerOf = (text: string, chunk: number) => new JsonReader(bytesSource(Buffer.from(text)), 0, chunk);
const chunks = fc.integer({ min: 1, max: 40 });
const spaces = fc.constantFrom(undefined, 1, '\t', ' \r\n');

describe('JsonReader', () => {
  it('gives the values of any JSON, wherever its chunks end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), spaces, chunks, async (values, space, chunk) => {
        const text = `\ufeff${JSON.stringify({ skipped: values, list: values, last: 1 }, null, space)}`;
        const read: unknown[] = [];
        let last: unknown;
        const reader = readerOf(text, chunk);
        await reader.members(async (key) => {
          if (key === 'list')
            for await (const batch of reader.slices(1e6)) read.push(...batch.map((each) => parseSlice(each!)));
          else if (key === 'last') last = await reader.value(100);
          else await reader.skip();
        });
        assert.deepEqual(read, JSON.parse(JSON.stringify(values)));
        assert.equal(last, 1);
      }),
      { numRuns: 200 },
    );
  });

  it('finds the end of a text of any length and any backslashes, wherever its chunks end', async () => {
    for (const tail of ['', '\\\\', '\\"', '\\\\\\"', '\\\\\\\\']) {
      const texts = ['a', 'b', 'c'].map((letter) => `"${letter.repeat(70)}${tail}"`);
      for (let chunk = 1; chunk <= texts[0]!.length + 3; chunk++) {
        const read: string[] = [];
        for await (const batch of readerOf(`[${texts.join(',')}]`, chunk).slices(1000))
          read.push(...batch.map((each) => Buffer.from(each!).toString()));
        assert.deepEqual(read, texts, `${tail} ${chunk}`);
      }
    }
  });

  it('passes over what is larger than asked for', async () => {
    const text = JSON.stringify(['x'.repeat(50), 'y', 'z'.repeat(50)]);
    for (const chunk of [1, 7, 1000]) {
      const sizes: (number | null)[] = [];
      for await (const batch of readerOf(text, chunk).slices(10))
        sizes.push(...batch.map((each) => each?.length ?? null));
      assert.deepEqual(sizes, [null, 3, null]);
    }
    assert.equal(await readerOf(text, 8).value(20), TOO_LARGE);
  });

  it('ends with an error at whatever is cut off or no JSON', async () => {
    const text = '{"a":[1,{"b":"c\\""}],"d":"e"}';
    const walk = async (reader: JsonReader) => reader.members(async () => void (await reader.value(1000)));
    for (let cut = 0; cut < text.length; cut++) await assert.rejects(walk(readerOf(text.slice(0, cut), 3)), JsonError);
    for (const bad of ['{"a"}', '{"a":}', '{1:2}', '{"a":[1}}', '{,'])
      await assert.rejects(walk(readerOf(bad, 3)), JsonError);
    await assert.rejects(async () => {
      for await (const _ of readerOf('[1,:]', 2).slices(10));
    }, JsonError);
  });
});
