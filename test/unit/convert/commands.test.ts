import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { commandsIn, parseCommand } from '../../../src/core/convert/commands.js';
import { toCurl, toWebsocat, toWscat } from '../../../src/core/convert/copyAs.js';
import { shellWord } from '../../../src/core/convert/copyAs/shellWord.js';
import { resolveText } from '../../../src/core/profile/resolve.js';
import { planFor } from '../../support/plan.js';

describe('parseCommand', () => {
  it('reads what a browser copies as cURL', () => {
    const text = `curl 'wss://127.0.0.1:8443/orders?tenant=a' \\
      -H 'Upgrade: websocket' \\
      -H 'Origin: https://app.example.com' \\
      -H 'Sec-WebSocket-Protocol: graphql-transport-ws, json' \\
      -H $'X-Note: it\\'s \\u0021 \${x}' \\
      -b 'sid=abc; theme=dark' \\
      -H 'Authorization: Bearer t0ken' \\
      -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' --compressed -sk`;
    assert.deepEqual(parseCommand(text), {
      tool: 'curl',
      profile: {
        url: 'wss://127.0.0.1:8443/orders?tenant=a',
        origin: 'https://app.example.com',
        auth: { type: 'bearer', token: 't0ken' },
        headers: { 'X-Note': "it's ! $${x}" },
        subprotocols: ['graphql-transport-ws', 'json'],
        cookies: { sid: 'abc', theme: 'dark' },
        tls: { rejectUnauthorized: false },
      },
      messages: [],
      ignored: ['--compressed', '-s'],
    });
  });

  it('reads websocat and wscat', () => {
    const websocat = parseCommand(
      `SSL_CERT_FILE=ca.pem websocat -n -H='X-A: 1' -H='X-A: 2' --protocol json ws://127.0.0.1/x -`,
    );
    assert.deepEqual(websocat.profile, {
      url: 'ws://127.0.0.1/x',
      headers: { 'X-A': ['1', '2'] },
      subprotocols: ['json'],
      tls: { ca: ['ca.pem'] },
    });
    assert.deepEqual(websocat.ignored, ['-n', '-']);
    const two = parseCommand('curl wss://a.test/ "wss://user:hunter2@b.test/?token=hunter2"');
    assert.deepEqual(two.ignored, ['wss://[redacted]@b.test/?token=[redacted]']);
    const wscat = parseCommand(`wscat -nc wss://127.0.0.1/ -s a -s b --auth "ann:$PASS" -x '{"a":1}' -w 5`);
    assert.deepEqual(wscat.profile, {
      url: 'wss://127.0.0.1/',
      auth: { type: 'basic', username: 'ann', password: '${env:PASS}' },
      subprotocols: ['a', 'b'],
      tls: { rejectUnauthorized: false },
    });
    assert.deepEqual(wscat.messages, [{ text: '{"a":1}' }]);
  });

  it('takes for the target what looks like one, whatever value an option that it does not know has', () => {
    const unknown = parseCommand('curl --frob value ws://h/');
    assert.deepEqual([unknown.profile, unknown.ignored], [{ url: 'ws://h/' }, ['--frob', 'value']]);
    assert.equal(parseCommand('websocat - ws://h/').profile.url, 'ws://h/');
    assert.equal(parseCommand('curl example.com/x').profile.url, 'ws://example.com/x');
  });

  it('keeps the Host that is asked for, a bearer token, pings and the name in TLS', () => {
    const line = "curl 'https://127.0.0.1:8443/' -H 'Host: vh.example' --oauth2-bearer t0ken";
    assert.deepEqual(parseCommand(line).profile, {
      url: 'wss://127.0.0.1:8443/',
      headers: { Host: 'vh.example' },
      auth: { type: 'bearer', token: 't0ken' },
    });
    assert.equal(parseCommand("curl 'https://h:8443/' -H 'Host: H:8443'").profile.headers, undefined);
    const pinging = parseCommand('websocat --ping-interval 10 --ping-timeout 5 --tls-domain h.test wss://h/');
    assert.deepEqual(pinging.profile, {
      url: 'wss://h/',
      tls: { serverName: 'h.test' },
      session: { heartbeat: { every: 10_000, timeout: 5_000, send: 'ping' } },
    });
  });

  it('lists what belongs to something that is not there', () => {
    const { profile, ignored } = parseCommand('curl ws://h/ --pass word --proxy-user a:b');
    assert.deepEqual([profile, ignored], [{ url: 'ws://h/' }, ['--proxy-user', 'a passphrase without a key']]);
    assert.deepEqual(parseCommand('websocat ws://h/ --ping-timeout 5').ignored, ['--ping-timeout']);
  });

  it('reads Digest, wherever it stands', () => {
    for (const line of ['curl --digest -u ann:pw ws://h/', 'curl ws://h/ -u ann:pw --digest'])
      assert.deepEqual(parseCommand(line), {
        tool: 'curl',
        profile: { url: 'ws://h/', auth: { type: 'digest', username: 'ann', password: 'pw' } },
        messages: [],
        ignored: [],
      });
  });

  it('turns variables of the shell into variables of a profile', () => {
    const { profile } = parseCommand(
      'curl "$HOST/x" -H "X-Key: ${WSPROBE_SECRET_API_KEY}" -H \'X-Literal: $HOME ${x}\' -H "X-Also: \\${x}" -u a:b$',
    );
    assert.deepEqual(profile, {
      url: 'ws://${env:HOST}/x',
      headers: { 'X-Key': '${secret:api-key}', 'X-Literal': '$HOME $${x}', 'X-Also': '$${x}' },
      auth: { type: 'basic', username: 'a', password: 'b$' },
    });
  });

  it('reads the way a command takes to the server', () => {
    const rows: readonly (readonly [options: string, profile: object, ignored?: readonly string[]])[] = [
      ['-x proxy.test', { proxy: 'http://proxy.test:1080' }],
      ['--proxy https://proxy.test', { proxy: 'https://proxy.test' }],
      ['-x http://u:p%40@[::1]', { proxy: 'http://u:p%40@[::1]:1080' }],
      ['-x socks5h://[::1]:9050/', { proxy: 'socks5h://[::1]:9050/' }],
      ['-x http://proxy.test/', { proxy: 'http://proxy.test:1080/' }],
      ['--socks5 127.0.0.2', { proxy: 'socks5://127.0.0.2:1080' }],
      ['--socks5-hostname=127.0.0.2:1', { proxy: 'socks5h://127.0.0.2:1' }],
      ['--socks4a p --socks4 q', { proxy: 'socks4://q:1080' }],
      ["-x p:1 -U 'ann@x:p:w/d'", { proxy: 'http://ann%40x:p%3Aw%2Fd@p:1' }],
      ["-x p:1 -U 'ann:$${x}'", { proxy: 'http://ann:%24%24%7Bx%7D@p:1' }],
      ['-x http://old:user@p:1 --proxy-user ann', { proxy: 'http://ann@p:1' }],
      ['-x p:1 -U "$ME:$WSPROBE_SECRET_PROXY"', { proxy: 'http://${env:ME}:${secret:proxy}@p:1' }],
      ['-x "$PROXY"', { proxy: 'http://${env:PROXY}' }],
      ["-x ''", { proxy: 'none' }],
      ["--noproxy '*' -x p:1", { proxy: 'none' }],
      ['--noproxy a,b', {}, ['--noproxy']],
      ['-U ann:hunter2', {}, ['--proxy-user']],
      ['--preproxy socks5://p --proxy-insecure', {}, ['--preproxy', '--proxy-insecure']],
      ['-L -Np --http1.1', { followRedirects: true }],
      ['--location-trusted', {}, ['--location-trusted']],
      ['--http2', { http: 'auto' }],
      ['--http2-prior-knowledge', { http: '2' }],
      ['--cert c.p12 --cert-type P12 --pass x', { tls: { pfx: 'c.p12', passphrase: 'x' } }],
      ['--cert c.pem:x:y', { tls: { cert: 'c.pem', passphrase: 'x:y' } }],
      ["-E 'a\\:b.pem'", { tls: { cert: 'a:b.pem' } }],
      ["-E 'C:\\c.pem:x'", { tls: { cert: 'C:\\c.pem', passphrase: 'x' } }],
    ];
    for (const [options, profile, ignored = []] of rows) {
      const read = parseCommand(`curl ${options} ws://127.0.0.1/`);
      assert.deepEqual(read.profile, { url: 'ws://127.0.0.1/', ...profile }, options);
      assert.deepEqual(read.ignored, ignored, options);
    }
    assert.equal(parseCommand('wscat -c ws://h --proxy http://p -L').profile.proxy, 'http://p');
    assert.equal(parseCommand('websocat --socks5 127.0.0.2:9050 ws://h').profile.proxy, 'socks5://127.0.0.2:9050');
  });

  it('reads what is piped into websocat, and tells what it cannot', () => {
    const said = (line: string) => {
      const { ignored, messages } = parseCommand(line);
      return { ignored, messages };
    };
    const rows: [string, readonly object[], string[]?][] = [
      [`echo hi | websocat ws://h/`, [{ text: 'hi' }]],
      [`printf '%s\\n' a 'b c' | websocat ws://h/`, [{ text: 'a' }, { text: 'b c' }]],
      [`printf %s 'a\nb' | websocat ws://h/`, [{ text: 'a' }, { text: 'b' }]],
      [`printf %s 'a\nb' | websocat --no-line ws://h/`, [{ text: 'a\nb' }], ['--no-line']],
      [`printf %s AAE= | base64 -d | websocat --binary ws://h/`, [{ base64: 'AAE=' }], ['--binary']],
      [`cat x.json | websocat ws://h/ | jq .`, [], ['cat |', '| jq']],
      [`printf '%d' 5 | websocat ws://h/`, [], ['printf |']],
      [`printf %s AAE= | xxd -r | websocat ws://h/`, [], ['printf |', 'xxd |']],
      [`cd /tmp && wscat -c ws://h/ -x a; echo done`, [{ text: 'a' }], ['cd', 'echo']],
    ];
    for (const [line, messages, ignored = []] of rows) assert.deepEqual(said(line), { ignored, messages }, line);
  });

  it('reads each of several commands', () => {
    const lines = 'curl ws://a/\n# next\nwscat -c ws://b/ \\\n  -x hi\nwebsocat ws://c/';
    assert.deepEqual(commandsIn(lines), ['curl', 'wscat', 'websocat']);
    assert.deepEqual(
      [0, 1, 2].map((index) => parseCommand(lines, index).profile.url),
      ['ws://a/', 'ws://b/', 'ws://c/'],
    );
    assert.throws(() => parseCommand(lines, 3), { code: 'command-unknown' });
  });

  it('says in words what it cannot read, and runs nothing', () => {
    const cases: [string, string][] = [
      ['', 'command-unknown'],
      ['wget http://127.0.0.1/', 'command-unknown'],
      ['curl', 'command-invalid'],
      ['curl -H', 'command-invalid'],
      ["curl 'ws://127.0.0.1/", 'command-invalid'],
      ['curl "ws://127.0.0.1/', 'command-invalid'],
      ['curl ws://127.0.0.1/$(id)', 'command-invalid'],
      ['curl "ws://127.0.0.1/`id`"', 'command-invalid'],
      ['curl ws://127.0.0.1/ > out', 'command-invalid'],
      ['curl "${HOST:-x}"', 'command-invalid'],
    ];
    for (const [text, code] of cases) assert.throws(() => parseCommand(text), { name: 'ProbeError', code }, text);
  });

  it('refuses what is written for a shell of Windows, and makes nothing else of it', () => {
    const plan = { ...planFor('wss://h.test/a?b=1&c=%25'), headers: [['X-A', 'a "q" % b']] as const };
    for (const [shell, name] of [
      ['cmd', 'cmd'],
      ['powershell', 'PowerShell'],
    ] as const)
      for (const tool of [toCurl, toWscat])
        assert.throws(
          () => parseCommand(tool(plan, { shell }).text),
          (error: Error) => error.message.includes(`written for ${name}`),
        );
    // As browsers copy it.
    const copied = 'curl ^"https://h.test/^" ^\r\n  -H ^"Upgrade: websocket^"';
    assert.throws(() => parseCommand(copied), /written for cmd/);
  });

  it('reads quoting as a shell does', () => {
    const texts = fc.string({ unit: 'grapheme-ascii' }).filter((text) => text.trim() === text && text !== '');
    fc.assert(
      fc.property(texts, (text) => {
        const { messages } = parseCommand(`wscat -c ws://127.0.0.1/ -x ${shellWord([{ literal: text }])}`);
        assert.deepEqual(messages, [{ text: text.replaceAll('${', () => '$${') }]);
      }),
    );
  });

  it('never fails otherwise than in words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        try {
          parseCommand(`curl ${text}`);
        } catch (error) {
          assert.equal((error as Error).name, 'ProbeError');
        }
      }),
    );
  });

  it('reads back what copying wrote', () => {
    const secrets = { token: 's3cr3t-value' };
    const profile = {
      url: 'wss://127.0.0.1:8443/orders?q=a%20b',
      headers: { 'X-Tenant': "it's", 'X-Many': ['1', '2'] },
      origin: 'https://app.example.com',
      subprotocols: ['a', 'b'],
      auth: { type: 'bearer', token: '${secret:token}' },
      tls: { ca: ['/ca.pem'], rejectUnauthorized: false },
    };
    const { plan } = resolveText(JSON.stringify(profile), { env: {}, secrets, baseDir: '/' });
    assert.ok(plan);
    for (const write of [toCurl, toWebsocat, toWscat]) {
      // wscat sends one header of a name.
      const headers = write === toWscat ? { ...profile.headers, 'X-Many': '1, 2' } : profile.headers;
      const read = parseCommand(write(plan, { secrets, message: { text: 'hi' } }).text);
      assert.deepEqual(read.profile, { ...profile, headers });
    }
  });

  it('reads back the way to the server', () => {
    const secrets = { proxy: 'p%40ss' };
    const ways = [
      { proxy: 'http://ann:${secret:proxy}@127.0.0.2:3128', followRedirects: true },
      { proxy: 'https://ann:hunter2@[::1]:443' },
      { proxy: 'socks5h://127.0.0.2:1080' },
      { proxy: 'none' },
      { tls: { pfx: '/c.p12' } },
    ];
    for (const way of ways) {
      for (const url of ['ws://127.0.0.1/x', 'wss://127.0.0.1/x']) {
        const { plan } = resolveText(JSON.stringify({ url, ...way }), { env: {}, secrets, baseDir: '/' });
        assert.ok(plan);
        const { text, environment } = toCurl(plan);
        const { profile, ignored } = parseCommand(text);
        assert.deepEqual(
          ignored.filter((option) => !['--include', '--globoff'].includes(option)),
          [],
          text,
        );
        assert.deepEqual(environment, plan.proxy?.password ? ['WSPROBE_SECRET_PROXY'] : []);
        const again = resolveText(JSON.stringify(profile), { env: {}, secrets, baseDir: '/' });
        assert.deepEqual(again.problems, []);
        const { proxyChoice, followRedirects, tls } = plan;
        const { plan: read } = again;
        assert.deepEqual([read?.proxyChoice, read?.followRedirects, read?.tls], [proxyChoice, followRedirects, tls]);
        const place = plan.proxy && [plan.proxy.kind, plan.proxy.host, plan.proxy.port, plan.proxy.username];
        assert.deepEqual(
          read?.proxy ? [read.proxy.kind, read.proxy.host, read.proxy.port, read.proxy.username] : null,
          place,
        );
      }
    }
  });
});
