import type { FrameToEncode } from '../../../src/core/frames/frameEncoder.js';
import { echoes, fails, type FuzzCase, pong, text } from '../fuzzCase.js';

const first = (payload: string): FrameToEncode => ({ opcode: 1, fin: false, payload });
const more = (payload: string): FrameToEncode => ({ opcode: 0, fin: false, payload });
const last = (payload: string): FrameToEncode => ({ opcode: 0, payload });
const ping: FrameToEncode = { opcode: 9, payload: 'between' };

/** 5: fragments, control frames between them, and fragments out of order. */
export function fragmentation(): FuzzCase[] {
  const both = [first('frag1'), last('frag2')];
  const whole = [text('frag1frag2')];
  const codes = [1002];
  const hello = { opcode: 1, payload: 'Hello' };
  return [
    fails('5.1', 'a fragmented ping', [{ opcode: 9, fin: false, payload: 'a' }, last('b')], codes),
    fails('5.2', 'a fragmented pong', [{ opcode: 10, fin: false, payload: 'a' }, last('b')], codes),
    echoes('5.3', 'two fragments', both, whole),
    echoes('5.4', 'two fragments in pieces of 2', both, whole, 2),
    echoes('5.5', 'two fragments byte by byte', both, whole, 1),
    echoes('5.6', 'a ping between two fragments', [first('frag1'), ping, last('frag2')], [pong('between'), ...whole]),
    echoes(
      '5.7',
      'a ping between two fragments, byte by byte',
      [first('frag1'), ping, last('frag2')],
      [pong('between'), ...whole],
      1,
    ),
    fails('5.8', 'a continuation of nothing, FIN set', [last('lost'), hello], codes),
    fails('5.9', 'a continuation of nothing, FIN not set', [more('lost'), hello], codes),
    fails('5.10', 'a continuation of nothing, byte by byte', [last('lost'), hello], codes, [], 1),
    fails('5.11', 'a continuation of nothing after a message', [hello, last('lost')], codes, [text('Hello')]),
    fails('5.12', 'fragments of nothing, then a message', [more('a'), more('b'), last('c'), hello], codes),
    fails('5.13', 'a second text within a fragmented one', [first('frag1'), hello], codes),
    fails('5.14', 'a binary within a fragmented text', [first('frag1'), { opcode: 2, payload: 'b' }], codes),
    echoes('5.15', 'empty fragments', [first(''), more(''), last('')], [text('')]),
    echoes(
      '5.16',
      'five fragments with pings between',
      [first('1'), more('2'), ping, more('3'), more('4'), ping, last('5')],
      [pong('between'), pong('between'), text('12345')],
    ),
    echoes(
      '5.17',
      'the same byte by byte',
      [first('1'), more('2'), ping, more('3'), more('4'), ping, last('5')],
      [pong('between'), pong('between'), text('12345')],
      1,
    ),
    fails('5.18', 'a Close with FIN not set', [{ opcode: 8, fin: false }], codes),
    echoes('5.19', '10000 empty fragments', [first('a'), ...Array(10_000).fill(more('')), last('b')], [text('ab')]),
    echoes('5.20', 'a length written longer than it must be', [{ ...hello, lengthBytes: 8 }], [text('Hello')]),
  ];
}
