import assert from 'node:assert/strict';
import type { EditorProxy } from '../../../src/core/profile/profile.js';
import { chooseProxy, type ProxyChoice } from '../../../src/core/profile/proxyChoice.js';
import { proxyUrl } from '../../../src/core/profile/proxyUrl.js';

type Env = Readonly<Record<string, string | undefined>>;

function editor(changes: Partial<EditorProxy> = {}): EditorProxy {
  return { support: 'override', url: '', noProxy: [], authorization: null, strictSSL: true, ...changes };
}

function choose(url: string, env: Env = {}, editorProxy: EditorProxy | null = null, choice = 'auto'): ProxyChoice {
  return chooseProxy(choice, new URL(url), { env, editorProxy });
}

function shown({ proxy, unusedProxy }: ProxyChoice): string {
  if (proxy) return `${proxyUrl(proxy)} by ${proxy.source}`;
  return unusedProxy ? `${proxyUrl(unusedProxy.route)} not, ${unusedProxy.because}` : 'none';
}

describe('chooseProxy', () => {
  it('takes the variable of the scheme, then the one for all, lower case first', () => {
    const env = {
      http_proxy: 'a:1',
      HTTP_PROXY: 'b:1',
      https_proxy: 'c:1',
      HTTPS_PROXY: 'd:1',
      all_proxy: 'e:1',
      ALL_PROXY: 'f:1',
    };
    const without = (...names: (keyof typeof env)[]) =>
      Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name as keyof typeof env)));
    assert.equal(shown(choose('ws://h', env)), 'http://a:1 by http_proxy');
    assert.equal(shown(choose('ws://h', without('http_proxy'))), 'http://b:1 by HTTP_PROXY');
    assert.equal(shown(choose('wss://h', env)), 'http://c:1 by https_proxy');
    assert.equal(shown(choose('wss://h', without('https_proxy'))), 'http://d:1 by HTTPS_PROXY');
    assert.equal(shown(choose('wss://h', without('https_proxy', 'HTTPS_PROXY'))), 'http://e:1 by all_proxy');
    assert.equal(shown(choose('ws://h', { ALL_PROXY: 'socks://f' })), 'socks5://f:1080 by ALL_PROXY');
    assert.equal(shown(choose('wss://h', { http_proxy: 'a:1' })), 'none');
    assert.equal(shown(choose('ws://h', { http_proxy: '', HTTP_PROXY: 'b:1' })), 'http://b:1 by HTTP_PROXY');
  });

  it('takes none where NO_PROXY lists the target, and says so', () => {
    const env = { https_proxy: 'http://p:3128', NO_PROXY: 'other, .example.com' };
    assert.equal(shown(choose('wss://api.example.com', env)), 'http://p:3128 not, NO_PROXY lists .example.com');
    assert.equal(shown(choose('wss://example.org', env)), 'http://p:3128 by https_proxy');
    assert.equal(shown(choose('wss://x', { ...env, no_proxy: '*' })), 'http://p:3128 not, no_proxy lists *');
    assert.equal(
      shown(choose('wss://x', { https_proxy: 'p', no_proxy: 'x:443' })),
      'http://p:80 not, no_proxy lists x:443',
    );
    assert.equal(shown(choose('wss://x:8443', { https_proxy: 'p', no_proxy: 'x:443' })), 'http://p:80 by https_proxy');
  });

  it('takes none to this machine, but one to other loopback addresses', () => {
    const env = { http_proxy: 'http://p:3128' };
    for (const host of ['localhost', 'a.localhost', '127.0.0.1', '[::1]']) {
      assert.match(shown(choose(`ws://${host}:8080`, env)), /^http:\/\/p:3128 not, no proxy is ever used for /);
    }
    assert.equal(shown(choose('ws://127.0.0.2:8080', env)), 'http://p:3128 by http_proxy');
  });

  it('follows the settings of the editor before the environment', () => {
    const env = { https_proxy: 'http://env:1', no_proxy: '.example.com' };
    const set = editor({ url: 'http://set:2' });
    assert.equal(shown(choose('wss://h', env, set)), 'http://set:2 by http.proxy');
    assert.equal(shown(choose('wss://h', env, editor())), 'http://env:1 by https_proxy');
    assert.equal(shown(choose('wss://a.example.com', env, set)), 'http://set:2 not, no_proxy lists .example.com');
    const listed = editor({ url: 'http://set:2', noProxy: ['10.0.0.0/8'] });
    assert.equal(shown(choose('wss://a.example.com', env, listed)), 'http://set:2 by http.proxy');
    assert.equal(shown(choose('wss://10.1.1.1', env, listed)), 'http://set:2 not, http.noProxy lists 10.0.0.0/8');
    assert.equal(shown(choose('wss://h', env, editor({ support: 'off', url: 'http://set:2' }))), 'none');
  });

  it('carries authorization and strictness of the editor to http: and https: proxies that it found, and to no other', () => {
    const settings = editor({ url: 'https://set', authorization: 'Basic eDp5', strictSSL: false });
    const { proxy } = choose('wss://h', {}, settings);
    assert.deepEqual([proxy?.authorization, proxy?.rejectUnauthorized], ['Basic eDp5', false]);
    const unused = choose('wss://localhost', {}, settings).unusedProxy?.route;
    assert.deepEqual([unused?.authorization, unused?.rejectUnauthorized], ['Basic eDp5', false]);
    for (const choice of ['https://own', 'socks5://own']) {
      const named = choose('wss://h', {}, settings, choice).proxy;
      assert.deepEqual([named?.authorization, named?.rejectUnauthorized], [null, true]);
    }
    assert.equal(choose('wss://h', {}, { ...settings, url: 'socks5://set' }).proxy?.authorization, null);
  });

  it('takes a named one wherever it leads, and none for none', () => {
    const env = { https_proxy: 'http://env:1', no_proxy: '*' };
    const named = choose('wss://localhost', env, editor({ support: 'off' }), 'socks5h://u:pw@own');
    assert.equal(shown(named), 'socks5://own:1080 by profile');
    assert.equal(named.proxyChoice, 'named');
    const none = choose('wss://h', env, null, 'none');
    assert.equal(shown(none), 'http://env:1 not, the profile says `"proxy": "none"`');
    assert.equal(none.proxyChoice, 'none');
    assert.deepEqual(choose('wss://h', {}, null, 'none'), { proxyChoice: 'none', proxy: null, unusedProxy: null });
  });

  it('says where a broken one was named, and nothing of its text', () => {
    const broken = 'http://user:hunter2/x@p';
    const cases: readonly (readonly [() => ProxyChoice, RegExp])[] = [
      [() => choose('wss://h', { HTTPS_PROXY: broken }), /^The proxy that `HTTPS_PROXY` names has /],
      [() => choose('wss://h', {}, editor({ url: broken })), /^The proxy that `http\.proxy` names has /],
      [() => choose('wss://h', {}, null, broken), /^`proxy` has /],
    ];
    for (const [run, message] of cases) {
      assert.throws(run, (error: Error & { code?: string }) => {
        assert.equal(error.code, 'profile.invalid-proxy');
        assert.match(error.message, message);
        return !error.message.includes('hunter2');
      });
    }
    const target = { proxyChoice: 'auto', proxy: null, unusedProxy: null };
    assert.deepEqual(choose('wss://localhost', { https_proxy: broken }), target);
  });
});
