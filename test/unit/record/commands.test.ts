import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parseCommand } from '../../../src/core/record/commands.js';
import { toCurl, toWebsocat, toWscat } from '../../../src/core/record/copyAs.js';
import { shellWord } from '../../../src/core/record/copyAs/shellWord.js';
import { resolveText } from '../../../src/core/profile/resolve.js';

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
      message: null,
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
    const wscat = parseCommand(`wscat -nc wss://127.0.0.1/ -s a -s b --auth "ann:$PASS" -x '{"a":1}' -w 5`);
    assert.deepEqual(wscat.profile, {
      url: 'wss://127.0.0.1/',
      auth: { type: 'basic', username: 'ann', password: '${env:PASS}' },
      subprotocols: ['a', 'b'],
      tls: { rejectUnauthorized: false },
    });
    assert.equal(wscat.message, '{"a":1}');
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

  it('reads quoting as a shell does', () => {
    const texts = fc.string({ unit: 'grapheme-ascii' }).filter((text) => text.trim() === text && text !== '');
    fc.assert(
      fc.property(texts, (text) => {
        const { message } = parseCommand(`wscat -c ws://127.0.0.1/ -x ${shellWord([{ literal: text }])}`);
        assert.equal(
          message,
          text.replaceAll('${', () => '$${'),
        );
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
      assert.deepEqual(parseCommand(write(plan, { secrets, message: { text: 'hi' } }).text).profile, profile);
    }
  });
});
