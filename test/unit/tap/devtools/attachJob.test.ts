import assert from 'node:assert/strict';
import { JOBS } from '../../../../src/core/jobs.js';
import { startPlayground } from '../../../../src/core/playground/index.js';
import { describeSecrets } from '../../../../src/core/profile/storedSecrets.js';
import type { ObservedSource } from '../../../../src/core/session/observedSource.js';
import { explainBrowserOnly } from '../../../../src/core/tap/devtools/browserOnly.js';
import type { SeenHandshake } from '../../../../src/core/tap/devtools/handshakes.js';
import { Jobs } from '../../../../src/engine/jobs.js';
import { TestPlans } from '../../../support/plans.js';
import { FakeDevtools } from './fakeDevtools.js';

const never = new AbortController().signal;
const HEADERS = {
  Host: '127.0.0.1',
  Upgrade: 'websocket',
  Origin: 'https://shop.test',
  Cookie: 'sid=cookie-secret-1; theme=dark',
  Authorization: 'Bearer bearer-secret-1',
  'Accept-Language': 'de',
  'Sec-WebSocket-Protocol': 'chat, superchat',
};

describe('the job of an attachment', () => {
  let devtools: FakeDevtools;
  let jobs: Jobs;
  let source: ObservedSource;
  beforeEach(async () => {
    devtools = await new FakeDevtools().listen();
    const adopt = async (adopted: ObservedSource) => void (source = adopted);
    jobs = new Jobs(JOBS, new TestPlans(), () => undefined, adopt);
  });
  afterEach(async () => {
    await source.dispose();
    await devtools.stop();
  });

  /** Attached to a page that has asked for one socket, and was refused. */
  const begin = async (url: string) => {
    const params = {
      sessionId: 'o',
      address: `ws://${devtools.host}/devtools/page/p`,
      name: 'Shop',
      hook: false,
      budget: { memoryBytes: 1 << 20, diskBytes: 0 },
      vantage: { host: 'here', remote: null },
    };
    const result = jobs.start({ jobId: 1, kind: 'attach', params }, never);
    await act('reload', 0);
    devtools.created('1', url);
    devtools.emit('Network.webSocketWillSendHandshakeRequest', { requestId: '1', request: { headers: HEADERS } });
    devtools.emit('Network.webSocketFrameError', { requestId: '1', errorMessage: 'Unexpected response code: 403' });
    while (source.snapshot().observed?.listed[0]?.state !== 'refused') await new Promise(setImmediate);
    return { result };
  };
  const act = (name: string, ...args: readonly unknown[]) => jobs.act({ jobId: 1, name, args });

  it('makes a profile of a handshake, its credentials by reference, and ends when it is told to', async () => {
    const { result } = await begin('ws://127.0.0.1:1/orders?token=query-secret-1&x=1');
    const made = (await act('profile', 1, describeSecrets({}))) as {
      readonly text: string;
      readonly secrets: Readonly<Record<string, string>>;
      readonly hosts: readonly string[];
    };
    const profile = JSON.parse(made.text.replace(/^\/\/.*\n/, '')) as Readonly<Record<string, unknown>>;
    assert.deepEqual(
      [profile['origin'], profile['subprotocols'], made.hosts],
      ['https://shop.test', ['chat', 'superchat'], ['127.0.0.1:1']],
    );
    assert.deepEqual(Object.keys(profile['headers'] as object), ['Authorization', 'Accept-Language']);
    assert.doesNotMatch(made.text, /secret-1/);
    const values = Object.values(made.secrets).join(' ');
    assert.match(values, /query-secret-1/);
    assert.match(values, /cookie-secret-1/);
    assert.match(values, /bearer-secret-1/);
    assert.equal(await act('stop'), 'wsprobe has detached');
    assert.equal(await result, 'wsprobe has detached');
  });

  it('compares a handshake with one of its own, and tells no secret by it', async () => {
    const playground = await startPlayground({ port: 0 });
    try {
      await begin(`${playground.ws}/echo?token=query-secret-1`);
      const text = String(await act('explain', 1));
      assert.match(text, /In the browser: Unexpected response code: 403/);
      assert.match(text, /From wsprobe, without cookies or Origin: healthy/);
      assert.match(text, /\*\*Origin\*\*: the browser says `https:\/\/shop\.test`/);
      assert.match(text, /\*\*Cookies\*\*: the browser sends `sid`, `theme`/);
      assert.match(text, /\| Authorization \| sent \| — \|/);
      assert.doesNotMatch(text, /secret-1/);
    } finally {
      await playground.stop();
    }
  });
});

describe('why it fails only in the browser', () => {
  const seen = (url: string, page: string): SeenHandshake => ({
    url,
    request: null,
    response: null,
    subprotocol: null,
    from: { type: 'page', url: page },
    initiator: null,
  });
  const rulesOf = (url: string, page: string) =>
    [
      ...explainBrowserOnly(seen(url, page), { state: 'refused', words: null }, null).matchAll(/^- \*\*([^*]+)\*\*/gm),
    ].map(([, rule]) => rule);
  const cases: readonly (readonly [url: string, page: string, rules: readonly string[]])[] = [
    ['ws://api.test/', 'https://shop.test/', ['Mixed content', 'No cookies']],
    ['ws://localhost:8080/', 'https://localhost/', ['No cookies']],
    ['ws://127.shop.test/', 'https://127.shop.test/', ['Mixed content']],
    ['ws://[::1]:8080/', 'https://api.localhost/', ['No cookies']],
    ['ws://shop.test:6667/', 'http://shop.test:6667/', ['Port 6667']],
    ['ws://192.168.1.7/', 'http://shop.test/', ['Private network', 'No cookies']],
    ['ws://10.0.0.1/', 'http://10.0.0.1/', []],
    ['no address', 'no page', []],
  ];
  for (const [url, page, rules] of cases) {
    it(`names for ${url} on ${page}: ${rules.join(', ') || 'the policy alone'}`, () => {
      assert.deepEqual(rulesOf(url, page), [...rules, 'Content Security Policy']);
    });
  }
});
