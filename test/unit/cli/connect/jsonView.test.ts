import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { JsonView } from '../../../../src/cli/connect/jsonView.js';
import type { Frame } from '../../../../src/core/base/frame.js';
import { toFrameRecord } from '../../../../src/core/frames/frameRecord.js';
import { Redactor } from '../../../../src/core/redaction/redactor.js';
import { report } from '../../../support/reports.js';

const bit = fc.boolean();

const frames: fc.Arbitrary<Frame> = fc
  .record({
    direction: fc.constantFrom('sent', 'received'),
    fin: bit,
    rsv1: bit,
    rsv2: bit,
    rsv3: bit,
    masked: bit,
    opcode: fc.integer({ min: 0, max: 15 }),
    headerBytes: fc.integer({ min: 2, max: 14 }),
    wireOffset: fc.nat(),
    atMs: fc.integer({ min: 0, max: 1e9 }).map((micros) => micros / 1000),
    truncated: bit,
    payload: fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    ),
  })
  .map((frame) => ({ ...frame, payloadBytes: frame.payload.length + (frame.truncated ? 1 : 0) }));

describe('JsonView', () => {
  it('writes a frame as a report and a recording hold it, on one line that no terminal obeys', () => {
    fc.assert(
      fc.property(frames, bit, (frame, isText) => {
        const lines: string[] = [];
        const view = new JsonView((line) => lines.push(line), new Redactor([]), { showControl: true });
        view.frame({
          connection: 1,
          index: 7,
          frame,
          isText,
          compressed: false,
          inflated: null,
          label: null,
          decoded: null,
        });
        // The beginning of a message may be that of a login: it waits for the rest, or for the end of the connection.
        view.closed({ connection: 1, atMs: 0, report: report({}) });
        const [line = ''] = lines;
        assert.deepEqual(JSON.parse(line), { type: 'frame', connection: 1, ...toFrameRecord(frame, 7, isText) });
        assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029]/);
      }),
    );
  });
});
