import assert from 'node:assert/strict';
import { listening, openWarning, parseListen } from '../../../src/cli/listenAddress.js';

describe('where a command listens', () => {
  for (const [text, host, port] of [
    ['127.0.0.1:9115', '127.0.0.1', 9115],
    ['[::1]:0', '::1', 0],
    ['localhost:65535', 'localhost', 65_535],
  ] as const)
    it(`reads ${text}`, () => assert.deepEqual(parseListen('--listen', text), { host, port }));

  for (const text of ['9115', '::1:0', '[127.0.0.1]:0', 'localhost:65536', 'a b:1', ''])
    it(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => parseListen('--listen', text), { code: 'usage' }));

  it('says loudly where other machines reach it', () => {
    const warned = ['ws://0.0.0.0:80/', 'http://[::]:80', 'ws://192.168.1.7:80/', 'ws://127.example.test/'];
    for (const url of warned)
      assert.equal(openWarning(url, 'is told.'), `WARNING: ${url} IS OPEN TO THE NETWORK: whoever reaches it is told.`);
    for (const url of ['ws://127.0.0.1:80/', 'http://[::1]:80', 'wss://127.8.9.10', 'ws://localhost/'])
      assert.equal(openWarning(url, 'is told.'), null, url);
  });

  it('says what it cannot listen on', async () => {
    const busy = () => Promise.reject(Object.assign(new Error('busy'), { code: 'EADDRINUSE' }));
    const message = 'cannot listen on [::1]:80 (EADDRINUSE)';
    await assert.rejects(listening(busy, { host: '::1', port: 80 }), { code: 'usage', message });
  });
});
