import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { diagnose } from '../../../src/core/diagnosis/diagnose.js';
import { readPage } from '../../../src/core/diagnosis/pageText.js';
import { lastWords, serverWords } from '../../../src/core/diagnosis/serverWords.js';
import { answer, closedWith, evidenceOf, refusedWith } from '../../support/evidence.js';
import { throughProxy } from './routeCases.js';

const HTML = { 'Content-Type': 'text/html' };

describe('serverWords', () => {
  const said: readonly (readonly [
    status: number,
    headers: Record<string, string>,
    body: string,
    words: string | null,
  ])[] = [
    [400, {}, 'tenant is missing', 'tenant is missing'],
    [400, {}, 'Bad Request', null],
    [403, {}, '', null],
    [404, {}, '404 Not Found\n', null],
    [403, {}, '{"message":"plan has no websockets","code":17}', 'plan has no websockets'],
    [403, {}, '{"error":{"code":"E7","message":"blocked by policy"}}', 'blocked by policy'],
    [403, {}, '{"error":"invalid_token","error_description":"The token expired"}', 'The token expired'],
    [422, {}, '{"type":"about:blank","title":"No room","detail":"Room 7 is not open"}', 'Room 7 is not open'],
    [400, {}, '{"title":"Bad Request","status":400}', null],
    [400, {}, '{"errors":[{"message":"room is required"}]}', 'room is required'],
    [403, {}, '{"code":4711}', 'code 4711'],
    [403, HTML, '<html><head><title>Error</title></head><body><pre>No such tenant</pre></body>', 'No such tenant'],
    [403, HTML, '<title>403 Forbidden</title><center><h1>403 Forbidden</h1></center><hr><center>nginx/1.2', null],
    [404, {}, '{"value":{"error":"unknown command","message":"no handler for this"}}', 'no handler for this'],
    [404, {}, '{"error_msg":"404 Route Not Found"}', '404 Route Not Found'],
    [401, {}, '{"err_code":"INVALID_AUTH","err_msg":"Invalid credentials."}', 'Invalid credentials'],
    [400, { 'dg-error': 'unsupported encoding' }, '', 'unsupported encoding'],
    [403, { 'X-Error-Message': 'signature is wrong' }, '', 'signature is wrong'],
    [403, { 'X-Error-Id': '17' }, '', null],
    [428, {}, '╔══╗\n║ version mismatch ║\n╚══╝', 'version mismatch'],
    [403, HTML, '<title>Access denied | Acme</title><body>x', 'Access denied | Acme'],
    [
      403,
      HTML,
      '<title>Access denied</title><h1>Access denied</h1><p>Your IP 10.0.0.1 is not on the allow list.</p>',
      'Your IP 10.0.0.1 is not on the allow list',
    ],
    [403, HTML, '<h1>Access denied</h1><p>Reference 4711</p>', 'Access denied'],
    [422, {}, '{"detail":[{"loc":["query","room"],"msg":"Field required"}]}', 'query.room: Field required'],
    [400, {}, '{"errors":[{"param":"device","msg":"Invalid value"}]}', 'device: Invalid value'],
    [400, {}, '{"room":["This field is required."]}', 'room: This field is required'],
    [422, {}, '{"errors":{"token":["can\'t be blank"]}}', "token: can't be blank"],
    [404, {}, '{"status":404,"message":"Nothing here","path":"/chat"}', 'Nothing here'],
    [500, HTML, '<h3>Guru Meditation:</h3><p>XID: 32770</p>', null],
    [400, {}, '\u001f\ufffd\u0008\u0000\u0000binary', null],
  ];
  for (const [status, headers, body, words] of said) {
    it(`reads ${JSON.stringify(body).slice(0, 60)} as ${words ?? 'nothing'}`, () => {
      assert.equal(serverWords(answer(status, headers, body)), words);
    });
  }

  it('stands in the headline of every refusal that nothing else explains', () => {
    for (const status of [400, 401, 402, 403, 404, 405, 406, 409, 410, 418, 422, 429, 451, 499, 500, 501, 503, 520]) {
      const [headline] = diagnose(refusedWith(answer(status, {}, '{"message":"the moon is full"}')));
      assert.match(headline?.title ?? '', /, with the words "the moon is full"\.$/, String(status));
    }
  });

  it('stands in the headline of a proxy that refuses', () => {
    const [headline] = diagnose(
      throughProxy({ kind: 'status', code: '403' }, { said: answer(403, HTML, '<h1>Category: games</h1>') }),
    );
    assert.match(headline?.title ?? '', /with the words "Category: games"\.$/);
  });

  it('is bounded, safe to show, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), fc.boolean(), (body, html) => {
        const response = answer(403, html ? HTML : {}, body);
        assert.ok((serverWords(response) ?? '').length <= 120);
        assert.ok((diagnose(refusedWith(response))[0]?.title.length ?? 0) <= 300);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a message before the end', () => {
  const said: readonly (readonly [messages: readonly string[], words: string | null])[] = [
    [['{"type":"error","payload":{"message":"token expired"}}'], 'token expired'],
    [['{"op":9,"d":{"reason":"bad session"}}'], 'bad session'],
    [['["error",{"message":"bad channel"}]'], 'bad channel'],
    [['{"success":false,"status":401,"info":"login first"}'], 'login first'],
    [['{"type":"welcome"}', '{"error":{"code":4009,"message":"subscription limit"}}'], 'subscription limit'],
    [['{"error":"no licence"}', '{"type":"bye"}'], 'no licence'],
    [['Room 7 is full'], 'Room 7 is full'],
    [['[2,"id","Heartbeat",{}]'], null],
    [['{"type":"welcome","hello":"friend"}', '{"type":"bye"}'], null],
    [['1', '2', '3', '{"error":"late"}'], null],
    [['{"a":'], null],
    [[], null],
  ];
  for (const [messages, words] of said) {
    it(`${messages.join(' ') || 'nothing'} says ${words ?? 'nothing'}`, () => {
      assert.equal(lastWords({ messages }), words);
    });
  }

  const why = '{"type":"error","message":"Room 7 is full"}';

  it('is the headline of the close, whatever its code', () => {
    for (const code of [1000, 1005, 1008, 1011, 1013, 4001]) {
      const [headline] = diagnose(closedWith(code, '', { messages: [why] }));
      assert.match(
        headline?.title ?? '',
        /^The server said "Room 7 is full", then closed the connection/,
        String(code),
      );
    }
    assert.match(diagnose(closedWith(1000, '', { messages: ['Room 7 is full'] }))[0]?.title ?? '', /"Room 7 is full"/);
  });

  it('is the headline of an end without a Close frame', () => {
    const [headline] = diagnose(
      evidenceOf({
        response: answer(101),
        messages: ['welcome', why],
        failure: { phase: 'message', kind: 'end' },
        stream: { endedBy: 'server-fin', openForMs: 30 },
      }),
    );
    assert.match(headline?.title ?? '', /^After the message "Room 7 is full": The server ended the connection \(FIN\)/);
  });

  it('is none where it says nothing, or where a conversation went before it', () => {
    for (const messages of [[], ['0{"sid":"x"}'], ['{"type":"welcome"}'], ['[1,"a"]'], ['a b', 'c d', 'e f', 'gh ij']])
      assert.match(diagnose(closedWith(4001, '', { messages }))[0]?.title ?? '', /^The server accepted the connection/);
  });
});

describe('readPage', () => {
  it('reads what a person would, and nothing else', () => {
    const html = `<!doctype html><html><head><title>No &amp; no</title><style>p::after{content:"origin"}</style>
      <script>if (a<b) location = location.origin + "</p>token"</script></head>
      <body data-x="a > origin"><!-- origin <p> --><h1>Not <b>he</b>re</h1><p title='origin'>1 < 2 &#33;</p>`;
    assert.deepEqual(readPage(html), { title: 'No & no', heading: 'Not here', text: 'Not here 1 < 2 !' });
  });

  it('takes pages that stop anywhere, and pages made of signs, in a time that their length bounds', () => {
    for (const html of ['<'.repeat(65_536), '<!--', '<script>', '<a b="', '</', '<!--'.repeat(16_000), '&#99999999;'])
      assert.equal(typeof readPage(html).text, 'string');
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('<script>', '</script>', '<!--', '-->', '<h1>', 'x', '"', '=', '>')),
        (parts) => {
          readPage(parts.join(''));
        },
      ),
    );
  });

  it('keeps words of scripts and attributes out of the rules', () => {
    for (const body of [
      '<html><script>fetch(location.origin + "/login")</script><p>No.</p>',
      '<html><body data-origin="x"><p>No.</p>',
      '<html><!-- origin --><p>No.</p>',
    ]) {
      const [headline] = diagnose(refusedWith(answer(403, HTML, body)));
      assert.equal(headline?.id, 'upgrade.forbidden', body);
    }
  });
});
