import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { ProxyRoute } from '../../../../src/core/base/plan.js';
import { type Asked, sayInParts, ScriptedProxies, type Serve } from './scripted.js';

const OPEN = 'HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n';

describe('CONNECT', () => {
  const proxies = new ScriptedProxies();
  afterEach(() => proxies.stop());

  /** Reads the request, then serves. */
  const ask = async (
    serve: Serve,
    options: Parameters<ScriptedProxies['ask']>[1] = {},
  ): Promise<Asked & { readonly request: string }> => {
    let request = '';
    const asked = await proxies.ask(async (client, ours) => {
      request = await client.takeThrough('\r\n\r\n');
      await serve(client, ours);
    }, options);
    assert.equal(asked.client.pending.length, 0);
    if (!asked.outcome.ok) {
      assert.equal(asked.outcome.failure.phase, 'proxy');
      assert.equal(asked.socket.destroyed, true);
    }
    return { ...asked, request };
  };

  const says =
    (text: string): Serve =>
    (client) =>
      client.send(text);

  const failureOf = ({ outcome }: Asked) => {
    assert.ok(!outcome.ok);
    return outcome.failure;
  };

  const REQUESTS: readonly (readonly [
    name: string,
    at: { readonly host?: string; readonly port?: number },
    route: Partial<ProxyRoute>,
    authority: string,
    authorization: string | null,
  ])[] = [
    ['the port, the default one too', { port: 443 }, {}, 'backend.test:443', null],
    ['an IPv6 address in brackets', { host: '::1', port: 8080 }, {}, '[::1]:8080', null],
    ['user and password', {}, { username: 'alice', password: 'secret' }, 'backend.test:80', 'Basic YWxpY2U6c2VjcmV0'],
    ['UTF-8', {}, { username: 'é', password: '漢' }, 'backend.test:80', 'Basic w6k65ryi'],
    ['no password', {}, { username: 'alice' }, 'backend.test:80', 'Basic YWxpY2U6'],
    ['a ready value', {}, { username: 'alice', authorization: 'Bearer abc' }, 'backend.test:80', 'Bearer abc'],
  ];
  for (const [name, at, route, authority, authorization] of REQUESTS) {
    it(`asks with ${name}`, async () => {
      const { outcome, record, request, socket } = await ask(says(OPEN), { ...at, route });
      const credentials = authorization === null ? '' : `Proxy-Authorization: ${authorization}\r\n`;
      assert.equal(request, `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials}\r\n`);
      assert.deepEqual(outcome, { ok: true, value: socket });
      assert.equal(record.request?.raw, request);
      assert.deepEqual([record.request.method, record.request.target], ['CONNECT', authority]);
      assert.deepEqual(record.response?.headers, [['Via', '1.1 proxy']]);
      assert.equal(record.body, null);
      assert.equal(socket.listenerCount('error'), 0);
    });
  }

  for (const answer of [
    'HTTP/1.0 200\r\n\r\n',
    'HTTP/1.1 204 No Content\r\n\r\n',
    'HTTP/1.1 299 Well\r\nContent-Length: 5\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
    'HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
  ]) {
    it(`opens for ${JSON.stringify(answer)}, and leaves what follows to the tunnel at every cut`, async () => {
      const bytes = Buffer.from(`${answer}5\r\nhello`);
      for (let cut = 1; cut < bytes.length; cut++) {
        const { outcome, socket } = await ask(async (client, ours) => {
          await sayInParts(client, ours, [bytes.subarray(0, cut), bytes.subarray(cut)]);
        });
        assert.equal(outcome.ok, true);
        assert.equal(String(socket.read()), '5\r\nhello');
      }
    });
  }

  it('reads an answer the same in every split', async () => {
    const bytes = Buffer.from('HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\nX-A: b\r\n\r\ndenied');
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        const edges = [0, ...at.toSorted((a, b) => a - b), bytes.length];
        const parts = edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
        const asked = await ask((client, ours) => sayInParts(client, ours, parts));
        assert.deepEqual(failureOf(asked), { phase: 'proxy', kind: 'status', code: '403', message: '403 Forbidden' });
        assert.deepEqual(asked.record.body, { text: 'denied', bytes: 6, truncated: false });
        assert.equal(asked.record.response?.headers.length, 2);
      }),
      { numRuns: 30 },
    );
  });

  it('asks once, with credentials refused and the connection kept open too', async () => {
    const answer =
      'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n';
    const asked = await ask(says(answer), { route: { username: 'alice', password: 'wrong-secret' } });
    assert.deepEqual(failureOf(asked), {
      phase: 'proxy',
      kind: 'status',
      code: '407',
      message: '407 Proxy Authentication Required',
    });
    assert.equal(await asked.client.ended(), 'fin');
    assert.equal(asked.client.pending.length, 0);
  });

  const STATUSES: readonly (readonly [answer: string, code: string, message: string])[] = [
    ['HTTP/1.1 502 \r\nContent-Length: 0\r\n\r\n', '502', '502'],
    ['HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n', '302', '302 Found'],
    ['HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n', '101', '101 Switching Protocols'],
    ['HTTP/1.1 600 Odd\r\nContent-Length: 0\r\n\r\n', '600', '600 Odd'],
  ];
  for (const [answer, code, message] of STATUSES) {
    it(`takes ${message} for a refusal`, async () => {
      assert.deepEqual(failureOf(await ask(says(answer))), { phase: 'proxy', kind: 'status', code, message });
    });
  }

  it('keeps 64 KiB of a body without end', async () => {
    const asked = await ask((client) => {
      client.send('HTTP/1.1 503 Busy\r\n\r\n');
      const more = () => {
        while (!client.socket.destroyed && client.socket.write('x'.repeat(10_000))) continue;
      };
      client.socket.on('drain', more);
      more();
    });
    assert.equal(failureOf(asked).code, '503');
    assert.equal(asked.record.body?.text, 'x'.repeat(65_536));
    assert.equal(asked.record.body.truncated, true);
  });

  for (const [name, end] of [
    ['FIN', (client) => client.socket.end()],
    ['RST', (client) => client.socket.resetAndDestroy()],
    ['silence, until the deadline', () => {}],
  ] as readonly (readonly [string, Serve])[]) {
    it(`still knows the status of a refusal whose body ends in ${name}`, async () => {
      const asked = await ask(
        async (client, ours) => {
          await sayInParts(client, ours, [Buffer.from('HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nhalf')]);
          await end(client, ours);
        },
        { timeoutMs: 150 },
      );
      assert.deepEqual(failureOf(asked), { phase: 'proxy', kind: 'status', code: '403', message: '403 No' });
      assert.deepEqual(asked.record.body, { text: 'half', bytes: 4, truncated: true });
    });
  }

  it('waits for a body, but not as long as for an answer', async () => {
    const asked = await ask(says('HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nhalf'), { timeoutMs: 60_000 });
    assert.equal(failureOf(asked).code, '403');
  });

  it('leaves no timer behind once the body of a refusal is whole', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    // Mocha's own begins once the test waits.
    await new Promise(setImmediate);
    const before = timers();
    const head = Buffer.from('HTTP/1.1 403 No\r\nContent-Length: 6\r\n\r\n');
    await ask((client, ours) => sayInParts(client, ours, [head, Buffer.from('denied')]));
    assert.equal(timers(), before);
  });

  const BROKEN: readonly (readonly [name: string, answer: string, kind: string, message: RegExp])[] = [
    ['SOCKS 5', '\x05\x00', 'not-http', /^This is a SOCKS proxy, not an HTTP proxy: use socks5:/],
    ['SOCKS 4', '\x00\x5b\0\0\0\0\0\0', 'not-http', /^This is a SOCKS proxy/],
    ['TLS', '\x15\x03\x01\0\x02\x02\x46', 'not-http', /^The proxy speaks TLS: use https:/],
    ['SSH', 'SSH-2.0-OpenSSH_9.2\r\n', 'not-http', /^The proxy's first bytes are not HTTP: "SSH-2.0-OpenSSH_9.2/],
    ['HTML', '<html>\x1b[31m', 'not-http', /^The proxy's first bytes are not HTTP: "<html>\\u001b\[31m"/],
    ['HTTP/2 in the status line', 'HTTP/2 200\r\n\r\n', 'malformed', /status line says HTTP\/2/],
    ['a bare LF', 'HTTP/1.1 200 OK\n\n', 'malformed', /bare LF/],
    ['no status', 'HTTP/1.1 OK\r\n\r\n', 'malformed', /no three-digit status code/],
    ['a folded header', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n', 'malformed', /line folding/],
    ['1xx without end', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(20), 'malformed', /^The proxy sent too many/],
    ['too many headers', `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(20_000)}`, 'headers-too-large', /larger than 65536/],
  ];
  for (const [name, answer, kind, message] of BROKEN) {
    it(`explains an answer of ${name}`, async () => {
      const failure = failureOf(await ask(says(answer)));
      assert.equal(failure.kind, kind);
      assert.match(failure.message, message);
    });
  }

  it('ends headers without end', async () => {
    const asked = await ask((client) => {
      client.send('HTTP/1.1 200 OK\r\n');
      const more = () => {
        while (!client.socket.destroyed && client.socket.write(`X-A: ${'y'.repeat(1_000)}\r\n`)) continue;
      };
      client.socket.on('drain', more);
      more();
    });
    assert.equal(failureOf(asked).kind, 'headers-too-large');
  });

  it('ends a drip of bytes at the deadline', async () => {
    const asked = await ask(
      async (client, ours) => {
        client.send('HTTP/1.1 200 OK\r\nX-A: ');
        while (!ours.destroyed) await sayInParts(client, ours, [Buffer.from('y')]);
      },
      { timeoutMs: 300 },
    );
    const message = 'The proxy had not finished its answer after 300 ms.';
    assert.deepEqual(failureOf(asked), { phase: 'proxy', kind: 'timeout', code: null, message });
  });

  it('ends silence at the deadline', async () => {
    const asked = await ask(() => {}, { timeoutMs: 50 });
    const message = 'The proxy gave no answer within 50 ms.';
    assert.deepEqual(failureOf(asked), { phase: 'proxy', kind: 'timeout', code: null, message });
    assert.equal(await asked.client.ended(), 'fin');
  });

  it('tells FIN before an answer, FIN within it and RST apart', async () => {
    const before = failureOf(await ask((client) => client.socket.end()));
    assert.deepEqual(
      [before.kind, before.message],
      ['end', 'The proxy closed the connection (FIN) before it had answered.'],
    );
    const within = failureOf(await ask((client) => client.socket.end('HTTP/1.1 20')));
    assert.equal(within.kind, 'end');
    assert.match(within.message, /in the middle of its answer/);
    const reset = failureOf(await ask((client) => client.socket.resetAndDestroy()));
    assert.deepEqual([reset.kind, reset.code], ['reset', 'ECONNRESET']);
  });

  it('stops at once when cancelled', async () => {
    const abort = new AbortController();
    const asked = await ask(() => abort.abort(), { signal: abort.signal });
    assert.equal(failureOf(asked).kind, 'cancelled');
    assert.equal(await asked.client.ended(), 'fin');
  });

  it('leaves an error of the tunnel to whoever has it', async () => {
    const { socket, client } = await ask(says(OPEN));
    const error = new Promise<Error>((resolve) => socket.once('error', resolve));
    client.socket.resetAndDestroy();
    assert.match((await error).message, /ECONNRESET/);
  });

  const INPUT: readonly (readonly [name: string, host: string, route: Partial<ProxyRoute>, message: RegExp])[] = [
    [
      'a header in the password',
      'a',
      { username: 'a', password: 'Secret\r\nX: y' },
      /user name or password holds a line/,
    ],
    ['a NUL in the user name', 'a', { username: 'Secret\0', password: null }, /user name or password holds a line/],
    ['a colon in the user name', 'a', { username: 'Sec:ret', password: 'b' }, /user name holds a colon/],
    ['a header in the ready value', 'a', { authorization: 'Basic Secret\r\nX: y' }, /Proxy-Authorization holds/],
    ['a lone LF in the ready value', 'a', { authorization: 'Basic Secret\nX: y' }, /Proxy-Authorization holds/],
    ['a letter beyond latin1', 'a', { authorization: 'Basic Secret漢' }, /Proxy-Authorization holds/],
    ['a header in the host', 'a\r\nX: y', {}, /The host "a\\r\\nX: y" cannot be written/],
    ['a space in the host', 'a b', {}, /The host "a b" cannot be written/],
  ];
  for (const [name, host, route, message] of INPUT) {
    it(`refuses ${name} before a byte is sent`, async () => {
      const asked = await proxies.ask((client) => client.ended(), { host, route });
      const failure = failureOf(asked);
      assert.equal(failure.kind, 'input');
      assert.match(failure.message, message);
      assert.doesNotMatch(failure.message, /Sec:?ret/);
      assert.equal(asked.client.pending.length, 0);
    });
  }

  for (const host of [
    '169.254.169.254',
    '100.100.100.200',
    '0.0.0.0',
    '::',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
    'fe80::1%eth0',
    'metadata.google.internal',
    'Metadata.Google.Internal.',
    'metadata.goog',
    'INSTANCE-DATA',
    'instance-data.ec2.internal.',
    'instance-data.eu-west-1.compute.internal',
  ]) {
    for (const kind of ['http', 'socks4', 'socks4a', 'socks5'] as const) {
      it(`${kind}: refuses to lead to ${host}, nothing is sent`, async () => {
        const asked = await proxies.ask((client) => client.ended(), { host, route: { kind } });
        assert.deepEqual(failureOf(asked), { phase: 'proxy', kind: 'guard', code: null, message: host });
        assert.equal(asked.client.pending.length, 0);
      });
    }
  }

  it('leads there where it is allowed, and to private networks always', async () => {
    for (const [host, allowLinkLocal] of [
      ['169.254.169.254', true],
      ['metadata.google.internal', true],
      ['10.0.0.1', false],
      ['metadata.example.com', false],
    ] as const) {
      assert.equal((await ask(says(OPEN), { host, allowLinkLocal })).outcome.ok, true);
    }
  });
});
