import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { CONNECTION_OPTIONS } from '../../../src/cli/optionTable.js';
import { parseOptions } from '../../../src/cli/options.js';
import { overridesOf } from '../../../src/cli/overrides.js';
import { applyOverrides } from '../../../src/core/profile/overrides.js';
import { resolveText } from '../../../src/core/profile/resolve.js';

function overrides(...argv: string[]) {
  return overridesOf(parseOptions(argv, CONNECTION_OPTIONS).values, '/profiles');
}

describe('overridesOf', () => {
  it('reads what the options say as a part of a profile', () => {
    const argv = `-H;X-A: 1;-H;x-a:2;-H;X-B: c:d;--subprotocol;a, b;--subprotocol;c;--origin;https://app.example.com
      --basic;ann:pass:word;--cookie;id=a=b;--ca;ca.pem;--cert;/etc/c.pem;--key;k.pem;-k;--no-compression;
      --passphrase;open;--server-name;b.test;--min-tls;1.3;--proxy;socks5h://p:1;--http;auto;--follow-redirects;--timeout;1.5s
      --send;hi;--expect;hello;--samples;3;--hold;2s;--no-ping;--ping-interval;5;--cert-days;14;--expect-subprotocol;a`.split(
      /;|\n */,
    );
    assert.deepEqual(overrides(...argv), {
      headers: { 'X-A': ['1', '2'], 'X-B': 'c:d' },
      subprotocols: ['a', 'b', 'c'],
      origin: 'https://app.example.com',
      auth: { type: 'basic', username: 'ann', password: 'pass:word' },
      cookies: { id: 'a=b' },
      tls: {
        ca: [resolve('/profiles/ca.pem')],
        cert: resolve('/etc/c.pem'),
        key: resolve('/profiles/k.pem'),
        passphrase: 'open',
        serverName: 'b.test',
        minVersion: 'TLSv1.3',
        rejectUnauthorized: false,
      },
      proxy: 'socks5h://p:1',
      http: 'auto',
      followRedirects: true,
      compression: false,
      timeouts: { connectMs: 1500, upgradeMs: 1500, messageMs: 1500 },
      message: { send: { text: 'hi' }, expect: { contains: 'hello' }, samples: 3 },
      expect: { holdMs: 2000, ping: false, certificateDaysLeft: 14, subprotocol: 'a' },
      session: { heartbeat: { every: 5000, timeout: 5000, send: 'ping' } },
    });
  });

  it('reads Digest, and one credential alone', () => {
    assert.deepEqual(overrides('--digest', 'ann:a:b').auth, { type: 'digest', username: 'ann', password: 'a:b' });
    assert.throws(() => overrides('--digest', 'ann'), /--digest wants user:password/);
    assert.throws(() => overrides('--digest', 'a:b', '--bearer', 'c'), /--bearer and --digest cannot go together/);
  });

  it('reads versions of TLS and proxies as people write them', () => {
    const versions = ['1.0', 'TLSv1.1', '1.2', 'tlsv1.3'].map((text) => overrides('--min-tls', text).tls?.minVersion);
    assert.deepEqual(versions, ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']);
    const proxies = ['auto', 'none', 'p:3128', 'u:pw@p', '[::1]:1'].map((text) => overrides('--proxy', text).proxy);
    assert.deepEqual(proxies, ['auto', 'none', 'http://p:3128', 'http://u:pw@p', 'http://[::1]:1']);
  });

  it('says nothing where no option is given', () => assert.deepEqual(overrides(), {}));
});

describe('applyOverrides', () => {
  const file = {
    url: 'ws://localhost/',
    headers: { Authorization: 'Basic x', 'X-A': 'file' },
    auth: { type: 'bearer', token: 't' },
    origin: 'https://file.example.com',
    timeouts: { connectMs: 1, closeMs: 2 },
    message: { send: 'file', expect: 'echo' },
    environments: { local: { origin: 'https://local.example.com', headers: { 'x-a': 'local' } } },
  } as const;

  it('wins over the file and over its chosen environment, key by key', () => {
    const merged = applyOverrides(file, overrides('-H', 'X-A: option', '--timeout', '5s', '--send', 'option'), 'local');
    assert.deepEqual(merged.headers, { Authorization: 'Basic x', 'X-A': 'option' });
    assert.deepEqual(merged.timeouts, { connectMs: 5000, upgradeMs: 5000, messageMs: 5000, closeMs: 2 });
    assert.deepEqual(merged.message, { send: { text: 'option' }, expect: 'echo' });
    assert.deepEqual(merged.environments?.['local']?.headers, { 'X-A': 'option' });
    assert.equal(merged.environments?.['local']?.origin, 'https://local.example.com');
  });

  it('replaces a credential whichever way the file gives it', () => {
    assert.deepEqual(applyOverrides(file, overrides('--bearer', 'new'), null).headers, { 'X-A': 'file' });
    const byHeader = applyOverrides(file, overrides('-H', 'authorization: Bearer new', '-H', 'Origin: null'), null);
    assert.equal(byHeader.auth, undefined);
    assert.equal(byHeader.origin, undefined);
    assert.deepEqual(byHeader.headers, { 'X-A': 'file', authorization: 'Bearer new', Origin: 'null' });
  });

  it('shares no connection where an option asks for HTTP/1.1, which cannot', () => {
    const session = { shareConnection: true, dialect: 'none' };
    const shared = { url: 'wss://h', http: '2', session, environments: { e: { session } } } as const;
    const merged = applyOverrides(shared, overrides('--http', '1.1'), 'e');
    const alone = { shareConnection: false, dialect: 'none' };
    assert.deepEqual([merged.session, merged.environments?.['e']?.session], [alone, alone]);
    assert.deepEqual(resolveText(JSON.stringify(merged), { env: {}, secrets: {}, baseDir: null }).problems, []);
    assert.deepEqual(applyOverrides(shared, overrides('--http', 'auto'), null).session, session);
  });

  it('replaces a client certificate that the file gives another way', () => {
    const pem = { url: 'wss://h', tls: { cert: 'c', key: 'k', passphrase: 'p', ca: ['a'] } };
    const pfx = { url: 'wss://h', tls: { pfx: 'c', passphrase: 'p' } };
    assert.deepEqual(applyOverrides(pem, overrides('--pfx', '/x.p12'), null).tls, {
      ca: ['a'],
      pfx: resolve('/x.p12'),
    });
    const own = overrides('--cert', '/x.pem', '--key', '/x.key');
    assert.deepEqual(applyOverrides(pfx, own, null).tls, { cert: resolve('/x.pem'), key: resolve('/x.key') });
    assert.deepEqual(applyOverrides(pem, overrides('--cert', '/x.pem'), null).tls, {
      ...pem.tls,
      cert: resolve('/x.pem'),
    });
  });
});
