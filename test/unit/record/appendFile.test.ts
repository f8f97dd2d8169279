import assert from 'node:assert/strict';
import type { FileHandle } from 'node:fs/promises';
import * as fc from 'fast-check';
import { appendFile } from '../../../src/core/record/recordingFile.js';

describe('appendFile', () => {
  it('appends every byte of every page in order, however many the system takes at once', async () => {
    const pages = fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(pages, fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), async (all, takes) => {
        let [written, calls] = [Buffer.alloc(0), 0];
        const writev = async (given: readonly Uint8Array[]) => {
          const taken = Buffer.concat(given).subarray(0, takes[calls++ % takes.length]);
          written = Buffer.concat([written, taken]);
          return { bytesWritten: taken.length };
        };
        await appendFile({ writev } as unknown as FileHandle).append(all);
        assert.deepEqual(written, Buffer.concat(all));
      }),
      { numRuns: 100 },
    );
  });
});
