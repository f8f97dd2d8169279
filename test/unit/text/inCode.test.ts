import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { checkUrl } from '../../../src/core/base/url.js';
import { closeCodeInCode, urlsInCode } from '../../../src/core/text/inCode.js';

const urls = (text: string) => urlsInCode(text).map(({ url }) => url);

describe('WebSockets in source code', () => {
  it('are found as each language writes them', () => {
    assert.deepEqual(urls("new WebSocket('ws://localhost:8080/chat');"), ['ws://localhost:8080/chat']);
    assert.deepEqual(urls('URL="wss://h.example/a?b=c%20d&e=f"'), ['wss://h.example/a?b=c%20d&e=f']);
    assert.deepEqual(urls('see (wss://h.example/a), or WS://[::1]:9/.'), ['wss://h.example/a', 'WS://[::1]:9/']);
    assert.deepEqual(urls('websocket.Dial(`ws://h/a`, "ws://h/b")'), ['ws://h/a', 'ws://h/b']);
  });

  it('are whole: what the program completes is none', () => {
    for (const text of [
      '`ws://h/${id}`',
      'f"ws://h/{id}"',
      '"ws://h/%s"',
      '`ws://${host}/a`',
      '"ws://h/#{id}"',
      '"ws://<host>/a"',
    ])
      assert.deepEqual(urls(text), [], text);
    assert.deepEqual(urls('"aws://h/a"'), []);
    assert.deepEqual(urls('"ws://"'), []);
  });

  it('stand where they are said to stand, and can be connected to', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('ws://h/a', 'wss://h:1', '"', ' ', '${x}', '%', '.', 'ws:', '\n', 'é')),
        (parts) => {
          const text = parts.join('');
          for (const { offset, length, url } of urlsInCode(text)) {
            assert.equal(text.slice(offset, offset + length), url);
            assert.equal(checkUrl(url), null);
          }
        },
      ),
    );
  });
});

describe('close codes in source code', () => {
  const at = (line: string) => closeCodeInCode(line, line.search(/\d{4}/) + 1)?.code ?? null;

  it('are found where they close, are compared or are named', () => {
    for (const [line, code] of [
      ["ws.close(4401, 'no');", 4401],
      ['await websocket.close(code=4401)', 4401],
      ['conn.Close(ctx, 1011)', 1011],
      ['if (event.code === 1006) {', 1006],
      ['if 1006 == e.code:', 1006],
      ['  closeCode: 3008,', 3008],
      ['    case 4429:', 4429],
      ['if close_status in (1000, 1001):', 1000],
    ] as const)
      assert.equal(at(line), code, line);
  });

  it('are no other numbers', () => {
    for (const line of [
      'const year = 2026;',
      'setTimeout(f, 4000);',
      'status: 2000',
      'port = 4401',
      'file.close(9999)',
    ])
      assert.equal(at(line), null, line);
    assert.equal(closeCodeInCode('ws.close(4401)', 0), null);
  });
});
