import assert from 'node:assert/strict';
import type { Frame } from '../../../src/core/base/frame.js';
import { hexPairs, rawFrameBytes } from '../../../src/core/frames/frameBytes.js';
import { FrameDecoder } from '../../../src/core/frames/frameDecoder.js';
import { toFrameRecord } from '../../../src/core/frames/frameRecord.js';
import { opcodeName } from '../../../src/core/text/opcodes.js';
import { encodeFrame, type FrameToEncode } from '../../../src/core/frames/frameEncoder.js';

function frameOf(wanted: FrameToEncode, keepPayloadBytes = 1000): Frame {
  const frames: Frame[] = [];
  const decoder = new FrameDecoder({ direction: 'received', keepPayloadBytes, onFrame: (frame) => frames.push(frame) });
  decoder.push(encodeFrame(wanted), 12.5);
  return frames[0]!;
}

describe('toFrameRecord', () => {
  it('records a text frame as text', () => {
    assert.deepEqual(toFrameRecord(frameOf({ opcode: 1, payload: 'grüß' }), 7), {
      index: 7,
      atMs: 12.5,
      direction: 'received',
      opcode: 1,
      fin: true,
      rsv1: false,
      rsv2: false,
      rsv3: false,
      masked: false,
      wireBytes: 8,
      payloadBytes: 6,
      text: 'grüß',
      truncated: false,
    });
  });

  it('records everything else as base64', () => {
    for (const wanted of [
      { opcode: 2, payload: 'hi' },
      { opcode: 9, payload: 'hi' },
      { opcode: 1, rsv1: true, payload: 'hi' },
      { opcode: 0, payload: 'hi' },
    ]) {
      const record = toFrameRecord(frameOf(wanted), 0);
      assert.equal(record.base64, 'aGk=');
      assert.equal('text' in record, false);
    }
    assert.equal(toFrameRecord(frameOf({ opcode: 1, payload: Uint8Array.of(0xff) }), 0).base64, '/w==');
  });

  it('records a fragment as the text the caller knows it to be', () => {
    assert.equal(toFrameRecord(frameOf({ opcode: 0, payload: 'hi' }), 0, true).text, 'hi');
  });

  it('cuts truncated text between characters', () => {
    const record = toFrameRecord(frameOf({ opcode: 1, payload: 'aé€' }, 4), 0);
    assert.equal(record.text, 'aé');
    assert.equal(record.truncated, true);
    assert.equal(record.payloadBytes, 6);
  });

  it('keeps a byte order mark', () => {
    assert.equal(toFrameRecord(frameOf({ opcode: 1, payload: '\ufeffa' }), 0).text, '\ufeffa');
  });
});

describe('opcodeName', () => {
  it('names every opcode', () => {
    assert.deepEqual([0, 1, 2, 8, 9, 10, 15].map(opcodeName), [
      'continuation',
      'text',
      'binary',
      'close',
      'ping',
      'pong',
      'opcode 0xf',
    ]);
  });
});

describe('rawFrameBytes', () => {
  it('rebuilds the wire bytes, whatever the length field and the mask', () => {
    for (const lengthBytes of [0, 2, 8] as const) {
      for (const maskKey of [undefined, 0, 0xfedcba98]) {
        const wanted = { opcode: 2, rsv1: true, fin: false, payload: 'payload', lengthBytes, maskKey };
        assert.equal(hexPairs(rawFrameBytes(frameOf(wanted))), hexPairs(encodeFrame(wanted)));
      }
    }
  });

  it('gives 64 bytes at most', () => {
    const wanted = { opcode: 2, payload: Buffer.alloc(300, 5), maskKey: 0x01020304 };
    assert.equal(hexPairs(rawFrameBytes(frameOf(wanted))), hexPairs(encodeFrame(wanted).subarray(0, 64)));
  });
});
