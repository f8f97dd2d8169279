import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { diagnose } from '../../../src/core/diagnosis/diagnose.js';
import type { EvidenceParts } from '../../support/evidence.js';
import { answer, evidenceOf, frameRecord } from '../../support/evidence.js';
import { assertWellFormed } from './wellFormed.js';

const refusals: readonly (readonly [dialect: string, message: string, words: RegExp])[] = [
  ['legacy GraphQL', '{"type":"connection_error","payload":{"message":"bad token"}}', /bad token/],
  ['Socket.IO', '44{"message":"not authorized"}', /not authorized/],
  ['Socket.IO in a namespace', '44/admin,{"message":"forbidden"}', /forbidden/],
  ['SignalR handshake', '{"error":"Requested protocol is not available."}\u001e', /Requested protocol/],
  ['SignalR close', '{"type":7,"error":"Connection closed with an error."}\u001e', /closed with an error/],
  ['API Gateway', '{"message": "Forbidden", "connectionId":"a=", "requestId":"b="}', /\(aws-api-gateway\).*Forbidden/],
  ['a list of one', '[{"T":"error","code":402,"msg":"auth failed"}]', /auth failed/],
  [
    'a list with a status',
    '[{"ev":"status","status":"auth_failed","message":"authentication failed"}]',
    /authentication failed/,
  ],
  ['an error of one word', '{"ok":false,"error":"invalid_auth"}', /invalid_auth/],
  [
    'SignalR without a handshake',
    '{"error":"Handshake was canceled."}\u001e',
    /^SignalR waits for its handshake message, and none was sent/,
  ],
  ['IRC of Twitch', ':tmi.twitch.tv NOTICE * :Login authentication failed\r\n', /\(irc\).*Login authentication failed/],
  ['XMPP', '<failure xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><not-authorized/></failure>', /\(xmpp\).*not-authorized/],
  [
    'an error with a low line',
    '{"id":1,"error":{"code":13004,"message":"invalid_credentials"}}',
    /invalid_credentials/,
  ],
  ['Action Cable', '{"type":"disconnect","reason":"unauthorized","reconnect":false}', /unauthorized/],
  ['Action Cable subscription', '{"type":"reject_subscription","identifier":"{}"}', /\{\}/],
  ['Home Assistant', '{"type":"auth_invalid","message":"Invalid access token"}', /Invalid access token/],
  ['WAMP', '[3,{},"wamp.error.not_authorized"]', /wamp\.error\.not_authorized/],
  ['Phoenix', '["1","1","room:1","phx_reply",{"status":"error","response":{"reason":"unauthorized"}}]', /unauthorized/],
  ['Pusher', '{"event":"pusher:error","data":{"code":4001,"message":"No such app"}}', /No such app/],
  ['Pusher, JSON in a string', '{"event":"pusher:error","data":"{\\"message\\":\\"No such app\\"}"}', /No such app/],
  [
    'hapi nes without a hello',
    '{"statusCode":400,"payload":{"error":"Bad Request","message":"Connection is not initialized"},"type":"request","id":1}',
    /Connection is not initialized/,
  ],
  ['Centrifugo', '{"id":1,"error":{"code":109,"message":"token expired"}}', /token expired/],
  ['Ably', '{"action":9,"error":{"code":40101,"message":"Invalid credentials"}}', /Invalid credentials/],
  ['STOMP', 'ERROR\nmessage:Bad credentials\n\n\u0000', /Bad credentials/],
  ['NATS', "-ERR 'Authorization Violation'", /Authorization Violation/],
  [
    'RabbitMQ',
    "ERROR\nmessage:Bad CONNECT\ncontent-length:32\n\nAccess refused for user 'guest'\n\0\n",
    /Bad CONNECT: Access refused/,
  ],
  [
    'Pusher, not authorized',
    '{"event":"pusher:error","data":{"code":4009,"message":"Connection not authorized"}}',
    /4009: Connection/,
  ],
  ['GraphQL operation', '{"id":"1","type":"error","payload":[{"message":"Not authenticated"}]}', /Not authenticated/],
  [
    'Phoenix, version 1',
    '{"topic":"room:1","ref":"1","event":"phx_reply","payload":{"status":"error","response":{"reason":"unauthorized"}}}',
    /unauthorized/,
  ],
  ['WAMP with words', '[3,{"message":"no realm"},"wamp.error.no_such_realm"]', /no_such_realm: no realm/],
  ['OCPP', '[4,"1","SecurityError","not known",{}]', /SecurityError: not known/],
  ['webpack-dev-server', '{"type":"error","data":"Invalid Host/Origin header"}', /Invalid Host/],
  ['JSON-RPC', '{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"Unauthorized"}}', /Unauthorized/],
  [
    'an error whose reason says more',
    '{"type":"error","message":"Failed to subscribe","reason":"full channels now require authentication"}',
    /Failed to subscribe: full channels now require/,
  ],
  ['a flag and words', '{"success":false,"ret_msg":"error:topic:order needs auth first"}', /needs auth first/],
  [
    'a header with its own words',
    '{"header":{"name":"TaskFailed","status":40000001,"status_text":"The token has expired!"}}',
    /token has expired/,
  ],
  ['a code and words', '{"code":10105,"message":"illegal access: illegal client_ip"}', /illegal access/],
  ['Firebase', '{"t":"c","d":{"t":"s","d":"Database lives in a different region."}}', /\(firebase\).*different region/],
  ['Twitch PubSub', '{"type":"RESPONSE","error":"ERR_BADAUTH","nonce":"x"}', /ERR_BADAUTH/],
  [
    'SignalR, in its second record',
    '{}\u001e{"type":7,"error":"Connection closed with an error."}\u001e',
    /closed with an error/,
  ],
  [
    'Spring over STOMP',
    'ERROR\nmessage:Failed to send message; nested exception is org.x.AccessDeniedException\\c Access is denied\n\n\0',
    /\(stomp\) refused the client in a message: Access is denied/,
  ],
  ['DDP', '{"msg":"failed","version":"1"}', /\(ddp\).*version 1 of DDP/],
  ['the one key of all', '{"reauthRequired":{"reason":"stale session"}}', /reauthRequired: stale session/],
  ['a code alone', '{"id":1,"error":{"code":401,"message":"{\\"auth_type\\":\\"digest\\"}"}}', /code 401: /],
  ['Redis', '-NOAUTH Authentication required.\r\n', /Authentication required/],
  ['a plain text', 'Unauthorized: no token', /no token/],
  ['an application', '{"error":"Unauthorized"}', /Unauthorized/],
  ['another application', '{"type":"error","message":"invalid API key"}', /invalid API key/],
];

const peaceful: readonly string[] = [
  'hello',
  '{"type":"connection_ack"}',
  '{"type":"welcome"}',
  '{"id":1,"result":{"forbidden":false}}',
  '[3,"id",{"currentTime":"now"}]',
  '["1","1","room:1","phx_reply",{"status":"ok","response":{}}]',
  '42["message","unauthorized"]',
  '{"broken',
];

/** What says plainly that it is an error, in the envelopes of many, and is not about who the client is. */
const errors: readonly (readonly [message: string, words: RegExp, severity: 'error' | 'warning'])[] = [
  ['{"error":{"code":2,"msg":"Invalid request: invalid stream"},"id":2}', /invalid stream/, 'error'],
  ['{"message_type":"quota_exceeded","error":"You have exceeded your quota."}', /exceeded your quota/, 'error'],
  ['{"type":"disconnect","reason":"too_many_websockets"}', /too_many_websockets/, 'error'],
  ['{"data":{"code":400,"message":"Invalid symbol"},"event":"data"}', /Invalid symbol/, 'error'],
  ['{"success":false,"ret_msg":"Request not supported"}', /not supported/, 'error'],
  ['["CLOSED","sub1","rate-limited: slow down there chief"]', /slow down/, 'error'],
  ['42["exception",{"status":"error","message":"Room not found"}]', /Room not found/, 'error'],
  [
    '{"data":{"code":429,"message":"Too many request: max streams subscription limit reached"},"id":0}',
    /max streams/,
    'error',
  ],
  ['{"conn_id":"a","op":"subscribe","ret_msg":"Params Error","success":false}', /Params Error/, 'warning'],
  [
    '{"header":{"event":"task-failed","error_message":"request timeout after 23 seconds."}}',
    /request timeout/,
    'error',
  ],
  ['{"event_type":"error","data":{"code":4000,"msg":"no bot"}}', /no bot/, 'error'],
  ['{"op":"error","error":"Additional properties not allowed","code":1}', /Additional properties/, 'warning'],
  ['{"channel":"error","data":"Invalid subscription of l2Book"}', /Invalid subscription/, 'error'],
  [
    '{"event":"subscribe-status","status":"error","fails":[{"message":"This symbol is not available on your plan"}]}',
    /on your plan/,
    'error',
  ],
  [
    '{"id":1,"error":{"message":"Invalid params","data":{"reason":"unknown channel"},"code":-32602}}',
    /Invalid params: unknown channel/,
    'error',
  ],
  ['error: too many connections', /too many connections/, 'error'],
  ['{"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not found"},"id":1}', /Method not found/, 'warning'],
  ['{"error":{"code":3,"msg":"Invalid JSON: expected value"}}', /Invalid JSON/, 'warning'],
  ['5.error,21.Aborted. See the logs.,3.519;', /Aborted\. See the logs/, 'error'],
  ['SIP/2.0 503 Service Unavailable\r\nVia: SIP/2.0/WS x\r\n\r\n', /503 Service Unavailable/, 'error'],
  ['-LOADING Redis is loading the dataset in memory\r\n', /LOADING Redis/, 'error'],
];

const phoenix = (response: object) => JSON.stringify(['1', '1', 'room:1', 'phx_reply', { status: 'error', response }]);
const pusher = (code: number, message: string) => JSON.stringify({ event: 'pusher:error', data: { code, message } });
const graphql = (message: string) => JSON.stringify({ id: '1', type: 'error', payload: [{ message }] });

/** What refusals in protocols of their own are about, and the title of the one fix they may have. */
const about: readonly (readonly [message: string, explanation: RegExp, fix: string | null])[] = [
  [phoenix({ reason: 'unauthorized' }), /credentials/, 'Where phoenix looks'],
  [phoenix({ reason: 'room is full' }), /no place left/, 'What to do'],
  [phoenix({ reason: '已经登录' }), /a second time/, 'What to do'],
  [phoenix({ reason: 'blocked_network' }), /those of the application/, 'Where the words come from'],
  [phoenix({ reason: 'unmatched topic' }), /No channel of this socket/, 'What to do'],
  [phoenix({ reason: 'join crashed' }), /failed/, 'Where phoenix looks'],
  [phoenix({ errors: { body: ["can't be blank"] } }), /those of the application/, 'Where the words come from'],
  ['44{"message":"Требуется авторизация"}', /credentials/, 'Send credentials as socket.io expects them (profile)'],
  ['44{"message":"boom"}', /those of the application/, 'Where the words come from'],
  ['44{"message":"Server is full"}', /no place left/, 'What to do'],
  ['{"type":"connection_error","payload":{"message":"Project is paused"}}', /does not run/, 'What to do'],
  ['{"type":7,"error":"Server is shutting down.","allowReconnect":true}\u001e', /going away/, 'What to do'],
  ['{"type":7,"error":"The number of connections exceeded the limit 20."}\u001e', /connections/, 'What to do'],
  ['{"type":7,"error":"Connection closed with an error."}\u001e', /credentials/, 'Where signalr looks'],
  [pusher(4001, 'App key x not in this cluster'), /credentials/, 'Where pusher looks'],
  [pusher(4004, 'Application is over connection quota'), /connections/, 'What to do'],
  [pusher(4007, 'Unsupported protocol version'), /versions/, 'What to do'],
  [pusher(4009, 'Origin not allowed'), /Origin/, 'What to do'],
  [pusher(4200, 'Please reconnect'), /Nothing is wrong with the client/, 'What to do'],
  [pusher(4200, 'Invalid message format'), /does not understand/, 'What to do'],
  ['[3,{"message":"bye"},"wamp.close.system_shutdown"]', /going away/, 'What to do'],
  ['[3,{"message":"no realm"},"wamp.error.no_such_realm"]', /credentials|not there/, 'Where wamp looks'],
  ['{"action":9,"error":{"code":40000,"message":"Invalid query parameter: format"}}', /not understand/, 'What to do'],
  [graphql("Cannot query field 'a' on type 'Subscription'."), /does not understand/, 'What to do'],
  [graphql('Subscription field must return Async Iterable.'), /what was asked of it, or about itself/, null],
  [graphql('You are not authorized'), /credentials/, 'Where graphql-transport-ws looks'],
  [
    '[4,"1","NotImplemented","Requested Action is not known by receiver",{}]',
    /not there, or not offered/,
    'What to do',
  ],
  ['[4,"1","InternalError","An internal error occurred",{}]', /what was asked of it, or about itself/, null],
  ['[4,"1","SecurityError","",{}]', /credentials/, 'Where ocpp looks'],
  ['a["ERROR\\nmessage:Access denied\\n\\n\\u0000"]', /credentials/, 'What to do'],
  ['c[2010,"Another connection still open"]', /a second time/, 'What to do'],
  [
    '{"type":3,"invocationId":"1","error":"Unknown hub method \'Foo\'"}\u001e',
    /no such message or method/,
    'What to do',
  ],
  ['{"type":"disconnect","reason":"link_disabled"}', /switched off/, 'What to do'],
  [
    '{"janus":"event","plugindata":{"plugin":"x","data":{"error_code":426,"error":"No such room (1234)"}}}',
    /not there, or not offered/,
    'What to do',
  ],
];

/** Data that only look like one. */
const data: readonly string[] = [
  '{"error":null,"result":1}',
  '{"error":0,"errors":[]}',
  '{"error":0.02,"epoch":3}',
  '{"event":"failover_done","ok":true}',
  '{"type":"job","status":"failed","id":7}',
  '{"code":404}',
  '{"type":"RESPONSE","error":"","nonce":"x"}',
  '{"code":10000,"message":"subscribed"}',
  '{"success":false}',
  '{"type":"terror","rate":5}',
  '42["errors-count",3]',
  'The error rate is low today',
  '["NOTICE","welcome to the relay"]',
  '{"errors":0}',
  '{"rejected":3}',
  '{"failed":[]}',
  '{"exception":null}',
  '{"type":"disconnect","reason":"refresh_requested"}',
  '{"type":"disconnect","reason":"server_restart","reconnect":true}',
  '{"type":3,"invocationId":"1","result":1}\u001e',
  'c[3000,"Go away!"]',
  'a["hello"]',
  'SIP/2.0 200 OK\r\n\r\n',
  '-12 C at the airport',
  '5.ready,4.$abc;',
];

const opened = (parts: EvidenceParts) => evidenceOf({ response: answer(101), ...parts });

describe('message.auth-refused', () => {
  for (const [dialect, message, words] of refusals) {
    it(`reads the refusal of ${dialect}`, () => {
      const [finding] = diagnose(opened({ messages: [message], failure: { phase: 'message', kind: 'no-reply' } }));
      assert.equal(finding?.id, 'message.auth-refused');
      assert.match(finding.title, words);
    });
  }

  for (const message of peaceful) {
    it(`finds no refusal in ${message}`, () => assert.deepEqual(diagnose(opened({ messages: [message] })), []));
  }

  for (const [message, words, severity] of errors) {
    it(`reads the error of ${message}`, () => {
      const [finding] = diagnose(opened({ messages: [message] }));
      assert.deepEqual([finding?.id, finding?.severity], ['message.error', severity]);
      assert.match(finding?.title ?? '', words);
    });
  }

  for (const [message, explanation, fix] of about) {
    it(`offers what the words are about: ${message.slice(0, 120)}`, () => {
      const [finding] = diagnose(opened({ messages: [message] }));
      assert.match(finding?.explanation ?? '', explanation);
      assert.deepEqual(
        finding?.fixes.map(({ title }) => title),
        fix === null ? [] : [fix],
      );
    });
  }

  for (const message of data) {
    it(`finds no error in ${message}`, () => assert.deepEqual(diagnose(opened({ messages: [message] })), []));
  }

  it('finds no error in what was sent itself', () => {
    const text = '{"error":"Room not found"}';
    for (const send of [text, { json: JSON.parse(text) as never }])
      assert.deepEqual(
        diagnose(opened({ messages: [text], plan: { message: { send, expect: 'echo', samples: 1 } } })),
        [],
      );
  });

  it('is an error though every phase went well, and a warning where the profile waits for it', () => {
    const refusal = '{"error":"Unauthorized"}';
    assert.equal(diagnose(opened({ messages: [refusal] }))[0]?.severity, 'error');
    const wanted = { message: { send: 'x', expect: { contains: 'Unauthorized' }, samples: 1 } };
    assert.equal(diagnose(opened({ messages: [refusal], plan: wanted }))[0]?.severity, 'warning');
  });

  it('offers a message in the protocol that refused, and no token to one that has none', () => {
    for (const [dialect, message] of refusals) {
      const [finding] = diagnose(opened({ messages: [message] }));
      const sent = JSON.stringify(finding?.fixes);
      const json = /"json":|\\"json\\":/.test(sent);
      assert.equal(json, ['legacy GraphQL', 'Home Assistant', 'Centrifugo'].includes(dialect), `${dialect}: ${sent}`);
    }
    assert.match(
      JSON.stringify(diagnose(opened({ messages: ['ERROR\nmessage:Bad CONNECT\n\n\0'] }))[0]?.fixes),
      /passcode/,
    );
  });

  it('does not offer to send a token again that was refused', () => {
    const [finding] = diagnose(
      opened({ messages: ['{"error":"Unauthorized"}'], requestHeaders: [['Authorization', '[redacted]']] }),
    );
    assert.deepEqual(finding?.fixes, []);
  });

  it('never throws, whatever a message holds', () => {
    const pieces = fc.constantFrom(
      '{"error":',
      '[4,',
      '"type":"error"',
      '44/',
      'ERROR\n',
      '\u001e',
      '}',
      ']',
      '"x"',
      ',',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 12 }),
        (parts) => {
          for (const finding of diagnose(opened({ messages: [parts.join('')] }))) assertWellFormed(finding);
        },
      ),
    );
    fc.assert(
      fc.property(fc.json(), (text) => {
        for (const finding of diagnose(opened({ messages: [text] }))) assertWellFormed(finding);
      }),
    );
  });

  it('reads a status of Kubernetes behind the number of its channel', () => {
    const base64 = Buffer.from(
      '\u0003{"status":"Failure","message":"container not found (\\"web\\")","code":500}',
    ).toString('base64');
    const [finding] = diagnose(opened({ report: { frames: [frameRecord({ opcode: 2, base64 })] } }));
    assert.match(finding?.title ?? '', /container not found/);
  });

  it('reads the refusals of binary protocols', () => {
    const read = (hex: string) => {
      const base64 = Buffer.from(hex.replaceAll(' ', ''), 'hex').toString('base64');
      return diagnose(opened({ report: { frames: [frameRecord({ opcode: 2, base64 })] } }))[0]?.title ?? '';
    };
    const opc = '45 52 52 46 1e000000 0000 7e80 0e000000 6e6f207375636820736572766572';
    assert.match(read(opc), /an error: OPC UA error 0x807e0000: no such server/);
    assert.match(read('0000001a 02 01 0000 00 53 44 c0 03 01 50 01'), /AMQP: SASL authentication failed \(code 1\)/);
    assert.equal(read('0000001a 02 01 0000 00 53 44 c0 03 01 50 00'), '');
    const condition = Buffer.from('amqp:unauthorized-access').toString('hex');
    assert.match(read(`00000040 02 00 0000 00 53 18 c0 20 ${condition}`), /amqp:unauthorized-access/);
    assert.equal(read(opc.slice(0, 20)), '');
    assert.equal(read('48 45 4c 46 1e000000 0000 7e80 0e000000'), '');
  });

  it('reads what a login came to, where nothing else is said', () => {
    const [finding] = diagnose(opened({ messages: ['{"auth":"fail"}'] }));
    assert.match(finding?.title ?? '', /refused the client in a message: auth: fail/);
    assert.deepEqual(diagnose(opened({ messages: ['{"auth":"ok"}'] })), []);
  });

  it('advises by the words where a protocol carries whatever the application says', () => {
    const limit = diagnose(
      opened({ messages: ['0{"sid":"a"}', '44{"message":"Server has reached maximum connections"}'] }),
    );
    assert.match(limit[0]?.explanation ?? '', /limit on connections at the same time/);
    assert.doesNotMatch(JSON.stringify(limit[0]?.fixes), /secret:token/);
    const name = diagnose(
      opened({ messages: ["ERROR\nmessage:not_found\n\nNOT_FOUND - no exchange 'x' in vhost '/'\u0000"] }),
    );
    assert.doesNotMatch(JSON.stringify(name[0]?.fixes), /passcode/);
  });

  it('takes the values that a server would take for no credentials', () => {
    const said = "Invalid value: 'session.finish'. Supported values are: 'session.update'";
    const [finding] = diagnose(opened({ messages: [JSON.stringify({ type: 'error', error: { message: said } })] }));
    assert.equal(finding?.id, 'message.error');
    assert.match(finding.explanation, /does not understand what was sent/);
  });

  it('reads text in binary frames, as NATS sends it', () => {
    const base64 = Buffer.from("-ERR 'Authorization Violation'\r\n").toString('base64');
    const [finding] = diagnose(opened({ report: { frames: [frameRecord({ opcode: 2, base64 })] } }));
    assert.match(finding?.title ?? '', /nats.*Authorization Violation/);
  });

  /** As they came from Hocuspocus 3.4, Colyseus 0.17 and a wss of MessagePack and CBOR, in hex. */
  for (const [who, hex, title] of [
    [
      'Hocuspocus',
      '04646f6331020111' + Buffer.from('permission-denied').toString('hex'),
      /refused .*: permission-denied/,
    ],
    [
      'Colyseus',
      '0bcd020cb9' + Buffer.from('seat reservation expired.').toString('hex'),
      /: seat reservation expired\./,
    ],
    ['MessagePack', '82a474797065a56572726f72a76d657373616765ad746f6b656e2065787069726564', /: token expired/],
    ['CBOR', 'a26474797065656572726f72676d6573736167656d746f6b656e2065787069726564', /: token expired/],
  ] as const)
    it(`reads the words of a refusal in binary: ${who}`, () => {
      const base64 = Buffer.from(hex, 'hex').toString('base64');
      const [finding] = diagnose(opened({ report: { frames: [frameRecord({ opcode: 2, base64 })] } }));
      assert.match(finding?.title ?? '', title);
    });

  it('reads no refusal in binary that holds other words, or none', () => {
    for (const hex of [
      '04646f6331000008' + Buffer.from('good day').toString('hex'),
      '82a474797065a5776f726c64a46e616d65a5616c696365',
      '0bcd020cb8' + Buffer.from('seat reservation expired.').toString('hex'),
      'deadbeef0000000001',
    ]) {
      const base64 = Buffer.from(hex, 'hex').toString('base64');
      assert.deepEqual(diagnose(opened({ report: { frames: [frameRecord({ opcode: 2, base64 })] } })), []);
    }
  });

  it('takes no frame of XMPP for a word, and names what it was told', () => {
    const findings = diagnose(
      opened({
        failure: { phase: 'message', kind: 'closed' },
        report: { close: { code: 1000, reason: '', initiator: 'server', clean: true, evidence: '' } },
        messages: [
          "<stream:error xmlns:stream='http://etherx.jabber.org/streams'><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
          "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>",
        ],
      }),
    );
    assert.match(findings[0]?.title ?? '', /\(xmpp\).*host-unknown/);
    assert.doesNotMatch(JSON.stringify(findings), /said \\"<close/);
  });

  it('asks for the virtual host that was asked for, or for that of RabbitMQ', () => {
    const said = { messages: ["ERROR\nmessage:Bad CONNECT\n\nAccess refused for user 'guest'\n\0"] };
    const fixOf = (parts: EvidenceParts) => JSON.stringify(diagnose(opened({ ...said, ...parts }))[0]?.fixes);
    const send = { stomp: { command: 'CONNECT', headers: { host: '/orders', login: 'guest' } } };
    assert.match(fixOf({ plan: { message: { send, expect: 'any', samples: 1 } } }), /host:\/orders/);
    assert.match(fixOf({ response: answer(101, { server: 'Cowboy' }) }), /host:\/\\/);
  });

  it('allows the name that webpack-dev-server refused: of the Origin, else of the Host', () => {
    const messages = ['{"type":"error","data":"Invalid Host/Origin header"}'];
    const fixOf = (parts: EvidenceParts) => diagnose(opened({ messages, ...parts }))[0]?.fixes[0]?.snippet;
    const sent = (headers: readonly (readonly [string, string])[]) => ({ report: { request: { headers } } });
    assert.match(fixOf(sent([['Host', 'app.example.test:3000']]) as EvidenceParts) ?? '', /\["app\.example\.test"\]/);
  });

  it('reads why a tracker of BitTorrent refuses', () => {
    const [finding] = diagnose(opened({ messages: ['{"action":"announce","failure reason":"disallowed torrent"}'] }));
    assert.match(finding?.title ?? '', /disallowed torrent/);
  });

  it('reads an MQTT CONNACK that comes a field a frame, as aedes sends it', () => {
    const frames = ['20', '02', '00', '04'].map((hex) =>
      frameRecord({ opcode: 2, base64: Buffer.from(hex, 'hex').toString('base64') }),
    );
    const [finding] = diagnose(opened({ plan: { subprotocols: ['mqtt'] }, report: { frames } }));
    assert.match(finding?.title ?? '', /CONNACK 0x04: bad user name or password/);
  });

  it('reads an MQTT CONNACK', () => {
    const connack = (hex: string) =>
      diagnose(
        opened({
          plan: { subprotocols: ['mqtt'] },
          report: { frames: [frameRecord({ opcode: 2, base64: Buffer.from(hex, 'hex').toString('base64') })] },
        }),
      )[0];
    assert.match(connack('20020005')?.title ?? '', /CONNACK 0x05: not authorized/);
    assert.match(connack('2003008700')?.title ?? '', /CONNACK 0x87: not authorized/);
    assert.equal(connack('20020000'), undefined);
  });
});
