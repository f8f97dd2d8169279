import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ResponseHeadReader, type ResponseHeadResult } from '../../../src/core/handshake/responseHeadReader.js';
import { splitAt } from '../../support/splitAt.js';

const SWITCHING =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nconnection: keep-alive, Upgrade\r\n' +
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** Pushes until something is decided; what remains of the chunks joins `rest`. */
function read(chunks: readonly Uint8Array[], maxBytes?: number): ResponseHeadResult {
  const reader = new ResponseHeadReader(maxBytes === undefined ? {} : { maxBytes });
  for (const [index, chunk] of chunks.entries()) {
    const result = reader.push(chunk);
    if (result.state === 'head') return { ...result, rest: Buffer.concat([result.rest, ...chunks.slice(index + 1)]) };
    if (result.state === 'error') return result;
  }
  return { state: 'more' };
}

function headOf(text: string, maxBytes?: number): Extract<ResponseHeadResult, { state: 'head' }> {
  const result = read([latin1(text)], maxBytes);
  assert.ok(result.state === 'head', JSON.stringify(result));
  return result;
}

/** Without the text of `not-http`, which names the protocol as far as the bytes at hand allow. */
function comparable(result: ResponseHeadResult): unknown {
  if (result.state === 'error') {
    return result.kind === 'not-http' ? { state: result.state, kind: result.kind } : result;
  }
  return result.state === 'head' ? { ...result, rest: Buffer.from(result.rest).toString('hex') } : result;
}

describe('ResponseHeadReader', () => {
  it('keeps order, case and raw text, and hands on what follows', () => {
    const { head, informational, rest } = headOf(`${SWITCHING}\x81\x00`);
    assert.deepEqual(head, {
      httpVersion: '1.1',
      status: 101,
      reason: 'Switching Protocols',
      headers: [
        ['Upgrade', 'websocket'],
        ['connection', 'keep-alive, Upgrade'],
        ['Sec-WebSocket-Accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
      ],
      raw: SWITCHING,
    });
    assert.deepEqual(informational, []);
    assert.equal(Buffer.from(rest).toString('hex'), '8100');
  });

  it('gives the same for every split of a handshake', () => {
    const samples = [
      `${SWITCHING}\x81\x02hi\x88\x02\x03\xe8`,
      `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${SWITCHING}\x89\x00`,
      'HTTP/1.0 404 Not Found\r\nServer: nginx\r\nContent-Length: 3\r\n\r\nno!',
      'HTTP/1.1 200 \r\nX: \xe9\r\nX: b\r\n\r\n',
    ];
    for (const sample of samples) {
      const bytes = latin1(sample);
      const whole = comparable(read([bytes]));
      for (let first = 0; first <= bytes.length; first++) {
        assert.deepEqual(comparable(read(splitAt(bytes, [first]))), whole);
        for (let second = first; second <= bytes.length; second += 9) {
          assert.deepEqual(comparable(read(splitAt(bytes, [first, second]))), whole);
        }
      }
      assert.deepEqual(comparable(read(Array.from(bytes, (byte) => Uint8Array.of(byte)))), whole);
    }
  });

  it('keeps headers that come twice, bytes beyond ASCII, and empty values', () => {
    const { head } = headOf(
      'HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nset-cookie: b\r\nX-Name: \xe9t\xe9\r\nEmpty:\r\nTab:\t v \t\r\n\r\n',
    );
    assert.deepEqual(head.headers, [
      ['Set-Cookie', 'a'],
      ['set-cookie', 'b'],
      ['X-Name', 'été'],
      ['Empty', ''],
      ['Tab', 'v'],
    ]);
  });

  it('reads a header named like a property of every object', () => {
    const { head } = headOf('HTTP/1.1 200 OK\r\n__proto__: a\r\nconstructor: b\r\n\r\n');
    assert.deepEqual(head.headers, [
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
  });

  it('reads a status line without a reason, and keeps odd characters of one', () => {
    assert.equal(headOf('HTTP/1.1 200\r\n\r\n').head.reason, '');
    assert.equal(headOf('HTTP/1.1 200 \r\n\r\n').head.reason, '');
    assert.equal(headOf('HTTP/1.0 500 \x1b[31mno\r\n\r\n').head.reason, '\x1b[31mno');
  });

  it('passes over empty lines before the status line, as Node does', () => {
    const { head } = headOf('\r\n\r\nHTTP/1.1 200 OK\r\n\r\n');
    assert.equal(head.raw, 'HTTP/1.1 200 OK\r\n\r\n');
  });

  it('collects informational responses before the real one', () => {
    const { head, informational } = headOf(
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n${SWITCHING}`,
    );
    assert.equal(head.status, 101);
    assert.deepEqual(
      informational.map(({ status, headers }) => [status, headers]),
      [
        [100, []],
        [103, [['Link', 'a']]],
      ],
    );
  });

  it('takes 16 informational responses and refuses a storm', () => {
    const one = 'HTTP/1.1 102 Processing\r\n\r\n';
    assert.equal(headOf(one.repeat(16) + SWITCHING).informational.length, 16);
    const result = read([latin1(one.repeat(17))]);
    assert.ok(result.state === 'error' && result.kind === 'malformed');
    assert.match(result.message, /too many informational responses/);
  });

  const malformed: [name: string, text: string, message: RegExp][] = [
    ['HTTP/2.0', 'HTTP/2.0 101 Switching\r\n', /HTTP\/2\.0/],
    ['HTTP/2', 'HTTP/2 101 Switching\r\n', /HTTP\/2\b/],
    ['HTTP/0.9', 'HTTP/0.9 200 OK\r\n', /HTTP\/0\.9/],
    ['no version', 'HTTP/ 200 OK\r\n', /status line/],
    ['no status', 'HTTP/1.1\r\n', /status code/],
    ['a status of two digits', 'HTTP/1.1 99 No\r\n', /status code/],
    ['a status of four digits', 'HTTP/1.1 1010 No\r\n', /status code/],
    ['a status below 100', 'HTTP/1.1 042 No\r\n', /below 100/],
    ['two spaces', 'HTTP/1.1  101 Switching\r\n', /status code/],
    ['a bare LF after the status line', 'HTTP/1.1 101 Switching\nUpgrade: websocket\r\n', /bare LF/],
    ['a bare LF after a header', 'HTTP/1.1 101 S\r\nUpgrade: websocket\n', /bare LF/],
    ['a bare LF as the last line', 'HTTP/1.1 101 S\r\nUpgrade: websocket\r\n\n', /bare LF/],
    ['a CR in the status line', 'HTTP/1.1 101 Sw\ritching\r\n', /CR that no LF follows/],
    ['a CR in a header', 'HTTP/1.1 101 S\r\nA: b\rc\r\n', /CR that no LF follows/],
    ['obs-fold with a space', 'HTTP/1.1 101 S\r\nA: b\r\n c\r\n', /obs-fold/],
    ['obs-fold with a tab', 'HTTP/1.1 101 S\r\nA: b\r\n\tc\r\n', /obs-fold/],
    ['a space before the first header', 'HTTP/1.1 101 S\r\n A: b\r\n', /obs-fold/],
    ['a NUL in a value', 'HTTP/1.1 101 S\r\nA: b\0c\r\n', /NUL/],
    ['a NUL in a name', 'HTTP/1.1 101 S\r\nA\0: b\r\n', /NUL/],
    ['an escape in a value', 'HTTP/1.1 101 S\r\nA: \x1b[31m\r\n', /control character 0x1b/],
    ['a DEL in a value', 'HTTP/1.1 101 S\r\nA: \x7f\r\n', /control character 0x7f/],
    ['a header without a colon', 'HTTP/1.1 101 S\r\nUpgrade websocket\r\n', /no colon/],
    ['a header without a name', 'HTTP/1.1 101 S\r\n: websocket\r\n', /no name/],
    ['a space before the colon', 'HTTP/1.1 101 S\r\nUpgrade : websocket\r\n', /space between/],
    ['a space in a name', 'HTTP/1.1 101 S\r\nUp grade: websocket\r\n', /character that names may not have/],
    ['a name beyond ASCII', 'HTTP/1.1 101 S\r\nH\xe9: websocket\r\n', /character that names may not have/],
    [
      'something else after an informational one',
      'HTTP/1.1 100 Continue\r\n\r\n<html>',
      /After an informational response/,
    ],
  ];
  for (const [name, text, message] of malformed) {
    it(`refuses ${name}`, () => {
      const bytes = latin1(text);
      const result = read([bytes]);
      assert.ok(result.state === 'error', JSON.stringify(result));
      assert.equal(result.kind, 'malformed');
      assert.match(result.message, message);
      assert.doesNotMatch(result.message, /[\x00-\x1f\x7f-\x9f]/);
      assert.deepEqual(read(Array.from(bytes, (byte) => Uint8Array.of(byte))), result);
    });
  }

  it('says not-http at the first byte that differs', () => {
    for (const text of ['\x15\x03\x03', 'SSH-2.0', 'HTTQ', 'http/1.1 200 OK\r\n', 'X']) {
      const result = read([latin1(text)]);
      assert.ok(result.state === 'error' && result.kind === 'not-http', text);
    }
    for (const text of ['', 'H', 'HT', 'HTTP', 'HTTP/', 'HTTP/x']) {
      assert.equal(read([latin1(text)]).state, 'more', text);
    }
  });

  it('names the protocol that answered', () => {
    const result = read([latin1('SSH-2.0-OpenSSH_9.6\r\n')]);
    assert.ok(result.state === 'error');
    assert.match(result.message, /SSH/);
    const unknown = read([latin1('\x01\x02garbage')]);
    assert.ok(unknown.state === 'error');
    assert.match(unknown.message, /\\u0001\\u0002garbage/);
  });

  it('bounds all heads together', () => {
    const line = `X: ${'y'.repeat(95)}\r\n`;
    const within = `HTTP/1.1 200 OK\r\n${line.repeat(10)}\r\n`;
    assert.equal(headOf(within, within.length).head.headers.length, 10);
    for (const text of [within, `${within.slice(0, -2)}${line.repeat(10_000)}`, `HTTP/1.1 200 ${'y'.repeat(5000)}`]) {
      const result = read([latin1(text)], within.length - 1);
      assert.ok(result.state === 'error' && result.kind === 'headers-too-large', text.slice(0, 20));
      const trickled = read(splitAt(latin1(text), [1, 100, 500, 600]), within.length - 1);
      assert.deepEqual(trickled, result);
    }
    assert.equal(read([latin1(`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(65_400)}`)]).state, 'more');
    assert.equal(read([latin1(`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(65_600)}`)]).state, 'error');
  });

  it('repeats its answer when pushed again', () => {
    const reader = new ResponseHeadReader();
    reader.push(latin1(SWITCHING));
    const again = reader.push(latin1('more'));
    assert.ok(again.state === 'head');
    assert.equal(again.head.status, 101);
    assert.equal(Buffer.from(again.rest).toString(), 'more');
    const failed = new ResponseHeadReader();
    const error = failed.push(latin1('nope'));
    assert.deepEqual(failed.push(latin1(SWITCHING)), error);
  });

  it('comes to the same end for any bytes in any split, and never throws', () => {
    const line = fc.constantFrom(
      'HTTP/1.1 101 Switching Protocols\r\n',
      'HTTP/1.1 100 Continue\r\n',
      'HTTP/1.0 503\r\n',
      'Upgrade: websocket\r\n',
      'X: \xff \t\r\n',
      '\r\n',
      '\n',
      ' folded\r\n',
      ': \r\n',
    );
    const mutated = fc
      .tuple(
        fc.array(line, { maxLength: 12 }),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 2 }),
      )
      .map(([lines, changes]) => {
        const bytes = latin1(lines.join(''));
        for (const [place, value] of changes) if (bytes.length > 0) bytes[place % bytes.length] = value;
        return new Uint8Array(bytes);
      });
    const random = fc.uint8Array({ maxLength: 60 });
    const afterPrefix = random.map((bytes) => new Uint8Array(Buffer.concat([latin1('HTTP/1.1 200 OK\r\n'), bytes])));
    fc.assert(
      fc.property(
        fc.oneof(mutated, random, afterPrefix),
        fc.array(fc.nat(), { maxLength: 10 }),
        fc.constantFrom(16, 40, 65_536),
        (bytes, places, maxBytes) => {
          assert.deepEqual(comparable(read(splitAt(bytes, places), maxBytes)), comparable(read([bytes], maxBytes)));
        },
      ),
      { numRuns: 2000 },
    );
  });
});
