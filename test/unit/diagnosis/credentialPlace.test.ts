import { strict as assert } from 'node:assert';
import { diagnose } from '../../../src/core/diagnosis/diagnose.js';
import { anyPlace, namedPlace, placeIn } from '../../../src/core/diagnosis/credentialPlace.js';
import { answer, closedWith, evidenceOf, refusedWith } from '../../support/evidence.js';

const JSON_ = { 'Content-Type': 'application/json' };

const places: readonly (readonly [words: string, snippet: RegExp | null])[] = [
  ['Cookie \\"app_session_token\\" or query parameter must be provided.', /"cookies":\{"app_session_token"/],
  ["The 'sid' cookie is missing", /"cookies":\{"sid"/],
  ["Missing query parameter 'ticket'", /"name":"ticket".*"in":"query"/],
  ['No token query parameter was sent', /"name":"token".*"in":"query"/],
  ['Missing Authorization header', /"type":"bearer"/],
  ['Please accept cookies', null],
  ['You need a token', null],
];

const compact = (snippet: string) => snippet.replace(/\s+/g, '');

describe('where credentials belong', () => {
  for (const [words, snippet] of places) {
    it(`is told by "${words}"${snippet === null ? ' to nobody' : ''}`, () => {
      const fix = namedPlace(words);
      if (snippet === null) assert.equal(fix, null);
      else assert.match(compact(fix?.snippet ?? ''), snippet);
    });
  }

  it('is a cookie without a name where the words have none, and anywhere where they name nothing', () => {
    assert.match(placeIn('missing session cookie').snippet, /session cookie of a browser/);
    assert.equal(placeIn('no'), anyPlace);
  });

  it('is the only fix of a 401 that names it', () => {
    const [headline] = diagnose(
      refusedWith(
        answer(401, JSON_, '{"message":"Signed out.","detail":"Cookie \\"app_session\\" must be provided."}'),
      ),
    );
    assert.deepEqual(
      headline?.fixes.map(({ title }) => title),
      ['Send the cookie that it names (profile)'],
    );
  });

  it('is the cookie that a page to sign in sets, where it is named after a session', () => {
    const page = '<title>Sign In</title><form></form>';
    const fixOf = (cookie: string) =>
      diagnose(refusedWith(answer(403, { 'Content-Type': 'text/html', 'Set-Cookie': cookie }, page)))[0]?.fixes[0];
    assert.match(compact(fixOf('_oauth2_proxy=; Path=/')?.snippet ?? ''), /"cookies":\{"_oauth2_proxy"/);
    assert.equal(fixOf('csrf_token=1; Path=/')?.language, 'text');
  });

  it('is guessed by nobody after the upgrade', () => {
    const [headline] = diagnose(closedWith(4401, 'Unauthorized'));
    assert.ok(headline?.fixes.some(({ snippet }) => snippet === anyPlace.snippet));
    assert.ok(!JSON.stringify(headline?.fixes).includes('bearer'));
  });

  it('is no place for what was refused there already', () => {
    const init = { json: { type: 'connection_init', payload: { headers: { 'x-hasura-admin-secret': 'a' } } } };
    const fixesOf = (send: object) =>
      diagnose(
        evidenceOf({
          response: answer(101),
          plan: { subprotocols: ['graphql-ws'], message: { send: send as never, expect: 'any', samples: 1 } },
          messages: ['{"type":"connection_error","payload":"invalid x-hasura-admin-secret/x-hasura-access-key"}'],
        }),
      )[0]?.fixes.map(({ snippet }) => compact(snippet)) ?? [];
    assert.match(fixesOf({ json: { type: 'connection_init' } })[0] ?? '', /"x-hasura-admin-secret":"\$\{secret/);
    assert.doesNotMatch(fixesOf(init).join(''), /\$\{secret/);
  });

  it('asks nobody to compare a message that was not sent', () => {
    const fixes = JSON.stringify(diagnose(closedWith(3001, 'illegal request'))[0]?.fixes);
    assert.match(fixes, /Compare path, query and headers/);
    assert.doesNotMatch(fixes, /last message sent/);
  });
});

describe('an accept of IIS that does not fit', () => {
  const titlesOf = (powered: string, offered: string | null) =>
    diagnose(
      evidenceOf({
        response: answer(101, { Server: 'Microsoft-IIS/10.0', 'X-Powered-By': powered }),
        failure: { phase: 'upgrade', kind: 'handshake' },
        problems: [
          {
            id: 'upgrade.accept-mismatch',
            severity: 'error',
            message: 'Sec-WebSocket-Accept does not fit.',
            expected: 'a',
            received: 'b',
          },
        ],
        report: { compression: { offered, accepted: null, enabled: false } },
      }),
    )[0]?.fixes.map(({ title }) => title) ?? [];

  it('is about compression where ARR is named and it was offered', () => {
    assert.match(titlesOf('ARR/3.0', 'permessage-deflate')[0] ?? '', /^Do without compression/);
  });

  it('is about its feature everywhere else', () => {
    assert.equal(titlesOf('ASP.NET', 'permessage-deflate')[0], 'On IIS');
    assert.equal(titlesOf('ARR/3.0', null)[0], 'On IIS');
  });
});

describe('Socket.IO that names the Origin', () => {
  it('is not told to send a token', () => {
    const [headline] = diagnose(
      evidenceOf({
        response: answer(101),
        url: 'ws://example.test/socket.io/?EIO=4&transport=websocket',
        messages: ['0{"sid":"a"}', '44{"message":"Invalid origin"}'],
      }),
    );
    assert.match(headline?.explanation ?? '', /Origin/);
    assert.ok(!JSON.stringify(headline?.fixes).includes('${secret'));
  });
});

describe('LiveView', () => {
  it('is told that its session comes with a page', () => {
    const [headline] = diagnose(
      evidenceOf({
        response: answer(101),
        url: 'ws://example.test/live/websocket?vsn=2.0.0',
        messages: ['["4","4","lv:phx-x","phx_reply",{"response":{"reason":"stale"},"status":"error"}]'],
      }),
    );
    assert.equal(headline?.id, 'message.auth-refused');
    assert.match(headline?.fixes[0]?.snippet ?? '', /_csrf_token/);
  });
});

describe('a subprotocol of GraphQL that was not chosen', () => {
  const fixesOf = (subprotocols: readonly string[]) =>
    diagnose(
      evidenceOf({
        response: answer(101),
        plan: { subprotocols: [...subprotocols] },
        failure: { phase: 'upgrade', kind: 'handshake' },
        problems: [
          {
            id: 'subprotocol.none-selected',
            severity: 'error',
            message: 'None was chosen.',
            expected: subprotocols.join(', '),
            received: null,
          },
        ],
      }),
    )[0]?.fixes.map(({ title }) => title) ?? [];

  it('leaves the other to be offered, and not none', () => {
    assert.match(fixesOf(['graphql-transport-ws'])[0] ?? '', /^Offer the other token of GraphQL/);
    assert.ok(!fixesOf(['graphql-ws']).some((title) => title.startsWith('Offer none')));
    assert.ok(fixesOf(['chat']).some((title) => title.startsWith('Offer none')));
    assert.ok(!fixesOf(['graphql-ws', 'graphql-transport-ws']).some((title) => title.startsWith('Offer the other')));
  });
});

describe('AppSync', () => {
  it('is told to look into the query, where its errors have a type', () => {
    const fixesOf = (payload: string) =>
      diagnose(
        evidenceOf({
          response: answer(101),
          plan: { subprotocols: ['graphql-ws'] },
          messages: [`{"type":"connection_error","payload":${payload}}`],
        }),
      )[0]?.fixes.map(({ snippet }) => snippet) ?? [];
    const typed = fixesOf('{"errors":[{"errorType":"UnauthorizedException","message":"You are not authorized."}]}');
    assert.match(typed.join(''), /AppSync reads the query/);
    assert.doesNotMatch(fixesOf('{"errors":[{"message":"You are not authorized."}]}').join(''), /AppSync/);
  });
});
