import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { checkUrl } from '../../../src/core/base/url.js';

describe('checkUrl', () => {
  const good = [
    'ws://localhost',
    'ws://127.0.0.1:4480/echo',
    'WSS://Example.com/a?b=c&d=%23',
    'wss://[::1]:8443/',
    'ws://user:p%40ss@h/',
    'ws://bücher.example/',
    'ws://h:65535',
    'ws://h:/',
  ];
  for (const url of good) it(`takes ${url}`, () => assert.equal(checkUrl(url), null));

  const bad: readonly (readonly [string, RegExp])[] = [
    ['', /empty/],
    ['   ', /empty/],
    ['http://h/', /use ws instead of http/],
    ['HTTPS://h/', /use wss instead of https/],
    ['ftp://h/', /ws or wss, not ftp/],
    ['javascript://h/', /not javascript/],
    ['localhost:8080/x', /needs a scheme: ws:\/\/localhost:8080\/x/],
    ['127.0.0.1:8080', /needs a scheme: ws:\/\/127/],
    ['example.com/x', /needs a scheme: wss:\/\/example.com\/x/],
    ['//example.com/x', /wss:\/\/example.com\/x/],
    ['ws:h', /two slashes/],
    ['ws:/h', /two slashes/],
    ['ws://', /no host/],
    ['ws:///path', /no host/],
    ['ws://:80/', /no host/],
    ['ws://u@/', /no host/],
    ['ws://h:0', /Port 0 is out of range/],
    ['ws://h:65536', /Port 65536 is out of range/],
    ['ws://h:8o', /port is not a number: 8o/],
    ['ws://h/#top', /no fragment/],
    ['ws://h#', /no fragment/],
    ['ws://h\\x', /backslash/],
    ['ws://a b/', /host of the URL is not valid/],
    ['ws://[::1/', /host of the URL is not valid/],
    ['ws://%zz/', /host of the URL is not valid/],
    ['ws://u%zz@h/', /broken % escape/],
    ['ws://h/\r\nX: y', /control character/],
    ['ws://h/\t', /control character/],
    [' ws://h/', /starts or ends with a space/],
  ];
  for (const [url, message] of bad) {
    it(`refuses ${JSON.stringify(url)}`, () => assert.match(checkUrl(url) ?? '', message));
  }

  it('shows no credentials in its hint', () => {
    assert.doesNotMatch(checkUrl('user:hunter2@host/x?token=hunter2') ?? '', /hunter2/);
  });

  it('passes only what URL can read as ws or wss with a host', () => {
    const text = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.string().map((rest) => `ws://${rest}`),
      fc.string({ unit: 'binary' }).map((rest) => `wss://h${rest}`),
    );
    fc.assert(
      fc.property(text, (url) => {
        if (checkUrl(url) !== null) return;
        const { protocol, hostname, hash } = new URL(url);
        assert.match(protocol, /^wss?:$/);
        assert.notEqual(hostname, '');
        assert.equal(hash, '');
      }),
    );
  });

  it('takes a name outside ASCII however often it is asked', () => {
    // Where URL.canParse is optimised after many calls, Node 20 begins to refuse it.
    for (let call = 0; call < 30_000; call++) assert.equal(checkUrl('ws://bücher.example/'), null);
  });
});
