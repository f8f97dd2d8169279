import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { Attachment, type AttachOptions } from '../../../../src/core/tap/devtools/attachment.js';
import { targetAddress } from '../../../../src/core/tap/devtools/address.js';
import { readHookMessage } from '../../../../src/core/tap/devtools/hookMessage.js';
import { listTargets } from '../../../../src/core/tap/devtools/targets.js';
import { FakeDevtools } from './fakeDevtools.js';

const PAGE = { targetId: 'p', type: 'page', title: 'Shop', url: 'http://shop.test/?code=oauth-code' };

describe('attaching to DevTools', () => {
  let devtools: FakeDevtools;
  let attachment: Attachment | null = null;
  beforeEach(async () => {
    devtools = await new FakeDevtools().listen();
  });
  afterEach(async () => {
    await attachment?.stop();
    await attachment?.source.dispose();
    attachment = null;
    await devtools.stop();
  });

  const attach = async (options: Partial<AttachOptions> = {}) => {
    const address = `ws://${devtools.host}/devtools/page/p`;
    attachment = await Attachment.start({ sessionId: 'a', address, hook: false, spillDir: null, ...options });
    return attachment;
  };
  const attachBrowser = async (options: Partial<AttachOptions> = {}) => {
    devtools.pages['/json/version'] = {
      Browser: 'Chrome/156',
      webSocketDebuggerUrl: 'ws://evil.test:1/devtools/browser/b',
    };
    return attach({ address: `http://${devtools.host}`, ...options });
  };
  const until = async (fits: () => boolean) => {
    const { source } = attachment!;
    while (!fits()) {
      await new Promise<void>((resolve) => {
        source.onChange = resolve;
        setTimeout(resolve, 20);
      });
    }
  };
  const rows = async () => {
    const { log } = attachment!.source;
    const view = log.openView({ mode: 'messages', filter: '' });
    const all = await view.rows(0, 1_000);
    view.close();
    return all.map(({ connection, direction, kind, preview }) =>
      kind === 'event' ? `${connection} ${preview}` : `${connection} ${direction} ${kind} ${preview}`,
    );
  };
  const untilRows = async (count: number) => {
    await until(() => attachment!.source.log.nextId >= count);
    return rows();
  };

  it('shows the sockets of a page as the browser tells them, and nothing that it does not', async () => {
    await attach();
    devtools.created('1', 'ws://shop.test/orders?token=query-secret-1');
    devtools.emit('Network.webSocketWillSendHandshakeRequest', {
      requestId: '1',
      timestamp: 1,
      request: { headers: { Cookie: 'sid=cookie-secret-1', Origin: 'http://shop.test' } },
    });
    devtools.opened('1', { 'Sec-WebSocket-Protocol': 'chat' });
    devtools.frame('1', 'with cookie-secret-1');
    devtools.frame('1', 'AQID', { opcode: 2 });
    devtools.frame('1', '', { opcode: 9 });
    devtools.emit('Network.webSocketClosed', { requestId: '1', timestamp: 3 });
    assert.deepEqual(await untilRows(5), [
      '1 Connecting to ws://shop.test/orders?token=[redacted]',
      '1 Open: ws://shop.test/orders?token=[redacted], subprotocol chat',
      '1 received text with cookie-secret-1',
      '1 received binary 01 02 03',
      '1 Closed without a known code: DevTools do not tell the close code',
    ]);
    const { source } = attachment!;
    const view = source.log.openView({ mode: 'wire', filter: '' });
    assert.deepEqual(
      (await view.rows(2, 2)).map(({ wire }) => wire),
      ['unknown', 'unknown'],
    );
    assert.deepEqual(source.connections[0]?.request?.headers, [
      ['Cookie', 'sid=[redacted]'],
      ['Origin', 'http://shop.test'],
    ]);
    assert.ok(source.secrets.includes('cookie-secret-1') && source.secrets.includes('query-secret-1'));
    assert.equal(attachment!.handshake(1)?.request?.headers[0]?.[1], 'sid=cookie-secret-1');
  });

  it('says of a socket that was open before that its beginning is unknown, and loads its page again when asked to', async () => {
    await attach();
    devtools.frame('7', 'from before');
    const told = await untilRows(3);
    assert.match(told[1] ?? '', /Reload to see it from the start/);
    assert.equal(attachment!.source.snapshot().observed?.listed[0]?.isPartial, true);
    assert.equal(await attachment!.reload(1), true);
    assert.equal(devtools.calls.at(-1)?.method, 'Page.reload');
    assert.equal(await attachment!.reload(99), false);
  });

  it('tells a refusal in the words of the browser, once', async () => {
    await attach();
    devtools.created('1', 'ws://shop.test/a');
    devtools.emit('Network.webSocketFrameError', { requestId: '1', timestamp: 1, errorMessage: 'code: 403' });
    devtools.emit('Network.webSocketClosed', { requestId: '1', timestamp: 2 });
    devtools.created('2', 'ws://shop.test/b');
    devtools.emit('Network.webSocketClosed', { requestId: '2', timestamp: 3 });
    assert.deepEqual(await untilRows(4), [
      '1 Connecting to ws://shop.test/a',
      '1 code: 403',
      '2 Connecting to ws://shop.test/b',
      '2 It did not open, and the browser does not tell why',
    ]);
  });

  it('ends the sockets of a page that is left, loaded again or crashed, and names it', async () => {
    await attachBrowser();
    devtools.emit('Target.attachedToTarget', { sessionId: 's', targetInfo: PAGE, waitingForDebugger: true });
    const open = (id: string) => {
      devtools.created(id, `ws://shop.test/${id}`, 's');
      devtools.opened(id, {}, 's');
    };
    open('1');
    devtools.emit('Page.frameNavigated', { frame: { id: 'f', url: PAGE.url } }, 's');
    open('2');
    devtools.emit('Page.frameNavigated', { frame: { id: 'i', parentId: 'f', url: 'http://ads.test/' } }, 's');
    devtools.emit('Page.frameNavigated', { frame: { id: 'f', url: 'http://other.test/#access_token=x' } }, 's');
    open('3');
    devtools.emit('Inspector.targetCrashed', {}, 's');
    devtools.frame('3', 'too late', {}, 's');
    open('4');
    devtools.emit('Target.detachedFromTarget', { sessionId: 's' });
    const told = await untilRows(15);
    assert.deepEqual(
      told.filter((row) => !/Connecting|Open/.test(row)),
      [
        '1 Closed without a known code: the page was loaded again',
        '1 Reloaded: http://shop.test/',
        '2 Closed without a known code: the page was left',
        '2 Navigated: http://shop.test/ to http://other.test/',
        '3 Closed without a known code: the page crashed',
        '3 Crashed: Shop',
        '4 Closed without a known code: the page was closed',
      ],
    );
  });

  it('follows a browser at the address that was asked, each target once, and lets none wait', async () => {
    await attachBrowser();
    assert.deepEqual(devtools.paths, ['/devtools/browser/b']);
    devtools.emit('Target.attachedToTarget', { sessionId: 's', targetInfo: PAGE, waitingForDebugger: true });
    devtools.emit('Target.attachedToTarget', { sessionId: 't', targetInfo: PAGE, waitingForDebugger: true }, 's');
    const worker = { targetId: 'w', type: 'worker', title: '', url: 'http://shop.test/w.js' };
    devtools.emit('Target.attachedToTarget', { sessionId: 'w', targetInfo: worker, waitingForDebugger: true }, 's');
    devtools.created('1', 'ws://shop.test/worker', 'w');
    await untilRows(1);
    const ran = () => devtools.calls.filter(({ method }) => method === 'Runtime.runIfWaitingForDebugger');
    await until(() => ran().length === 3);
    const detached = () => devtools.calls.find(({ method }) => method === 'Target.detachFromTarget');
    await until(() => detached() !== undefined);
    assert.deepEqual(detached()?.params, { sessionId: 't' });
    const ofPage = devtools.calls.filter(({ sessionId }) => sessionId === 's').map(({ method }) => method);
    assert.deepEqual(ofPage.slice(0, 5), [
      'Network.enable',
      'Page.enable',
      'Inspector.enable',
      'Target.setAutoAttach',
      'Runtime.runIfWaitingForDebugger',
    ]);
  });

  it('takes close codes from a hook, and takes it away again', async () => {
    await attach({ hook: true });
    const call = (method: string) => devtools.calls.find((each) => each.method === method);
    await until(() => call('Runtime.enable') !== undefined);
    const name = String(call('Runtime.addBinding')?.params['name']);
    assert.match(name, /^__[0-9a-f]{24}$/);
    const hook = (message: unknown) =>
      devtools.emit('Runtime.bindingCalled', { name, executionContextId: 1, payload: JSON.stringify(message) });
    devtools.emit('Runtime.executionContextCreated', { context: { id: 1, auxData: { isDefault: true } } });
    // Told before the network tells it, and behind it.
    hook({ t: 'new', s: 1, u: 'ws://shop.test/a' });
    for (const id of ['1', '2']) {
      devtools.created(id, 'ws://shop.test/a');
      devtools.opened(id);
    }
    hook({ t: 'new', s: 2, u: 'ws://shop.test/a' });
    devtools.emit('Network.webSocketClosed', { requestId: '2', timestamp: 3 });
    hook({ t: 'close', s: 2, c: 4002, r: 'second', w: true });
    hook({ t: 'close', s: 1, c: 4001, r: 'first', w: false });
    devtools.emit('Network.webSocketClosed', { requestId: '1', timestamp: 4 });
    // Of another than ours nothing is taken.
    devtools.emit('Runtime.bindingCalled', { name: 'other', executionContextId: 1, payload: '{"t":"lost","n":1}' });
    const told = await untilRows(6);
    assert.deepEqual(told.slice(4), [
      '2 Closed 4002 second: as the program was told',
      '1 Closed 4001 first: as the program was told',
    ]);
    await attachment!.stop();
    assert.ok(devtools.calls.some(({ params }) => String(params['expression']).endsWith('?.off()')));
    assert.ok(call('Page.removeScriptToEvaluateOnNewDocument') === undefined, 'it never had an identifier');
    assert.deepEqual(call('Runtime.removeBinding')?.params, { name });
  });

  it('subscribes with a debugger that stands before the target, and attaches to nothing by it', async () => {
    await attach({ address: null, name: 'Debugged app' });
    const address = `ws://${devtools.host}/secret-path`;
    await attachment!.add({ address, type: 'page', title: 'Shop', isDebugger: true });
    assert.equal(devtools.calls[0]?.method, 'JsDebug.subscribe');
    assert.ok(devtools.calls.every(({ method }) => method !== 'Target.setAutoAttach'));
    devtools.created('1', 'ws://shop.test/a');
    devtools.opened('1');
    await untilRows(2);
    devtools.drop();
    const told = await untilRows(4);
    assert.match(told.at(-2) ?? '', /^1 Closed without a known code: the connection to DevTools closed/);
    assert.match(told.at(-1) ?? '', /^1 Shop is gone/);
    assert.equal(attachment!.source.snapshot().state, 'open', 'another one may be added');
    assert.doesNotMatch(JSON.stringify([told, attachment!.source.snapshot()]), /secret-path/);
  });

  it('is over when the one target is gone, with every socket that was open', async () => {
    await attach();
    devtools.created('1', 'ws://shop.test/a');
    devtools.opened('1');
    await untilRows(2);
    devtools.drop();
    assert.match(await attachment!.done, /closed \(1006\)/);
    assert.deepEqual(
      [attachment!.source.snapshot().state, attachment!.source.snapshot().observed?.open],
      ['closed', 0],
    );
  });

  it('looks at the list again and again where there is no browser, and says that Node tells no frames', async () => {
    devtools.pages['/json/version'] = { Browser: 'node.js/v24.0.0' };
    const target = (id: string) => ({ id, type: 'node', title: `app-${id}.js`, webSocketDebuggerUrl: `ws://h/${id}` });
    devtools.pages['/json/list'] = [target('a')];
    await attach({ address: `http://${devtools.host}` });
    assert.match((await untilRows(1))[0] ?? '', /^1 app-a.js: DevTools of Node.js tell no frames/);
    devtools.pages['/json/list'] = [target('a'), target('b')];
    await untilRows(2);
    assert.deepEqual(devtools.paths, ['/a', '/b']);
  });

  it('looks anew at a target that was gone from the list, and at one that is still looked at once', async () => {
    devtools.pages['/json/version'] = { Browser: 'node.js/v24.0.0' };
    const target = (id: string) => ({ id, type: 'node', title: `app-${id}.js`, webSocketDebuggerUrl: `ws://h/${id}` });
    /** The endpoint as it is from now on, until it has been looked at twice. */
    const list = async (...ids: readonly string[]) => {
      devtools.pages['/json/list'] = ids.map(target);
      const { lists } = devtools;
      await until(() => devtools.lists > lists + 1);
    };
    devtools.pages['/json/list'] = [target('a')];
    await attach({ address: `http://${devtools.host}` });
    await list();
    await list('a');
    assert.deepEqual(devtools.paths, ['/a'], 'it was there all the time');
    devtools.drop();
    await list();
    await list('a');
    assert.deepEqual(devtools.paths, ['/a', '/a']);
  });

  it('takes whatever shapes it is told, and goes on', async () => {
    await attach();
    const junk = [
      '',
      'null',
      '[]',
      '{"method":1}',
      '{"id":"x"}',
      '{"id":1e99,"result":[]}',
      '{"method":"Network.webSocketCreated"}',
    ];
    for (const text of junk) devtools.say(text);
    const methods = ['Created', 'HandshakeResponseReceived', 'FrameSent', 'FrameReceived', 'FrameError', 'Closed'];
    for (const method of methods) {
      for (const requestId of [1, null, {}, 'x']) {
        for (const response of [null, 7, [], { payloadData: {}, opcode: 'one' }, { status: '101', headers: [[]] }]) {
          devtools.emit(`Network.webSocket${method}`, { requestId, response, url: {}, timestamp: 'now' });
        }
      }
    }
    devtools.emit('Target.attachedToTarget', { sessionId: 5, targetInfo: 'none' });
    devtools.emit('Page.frameNavigated', { frame: 'none' });
    devtools.created('good', 'ws://shop.test/a');
    await until(() => attachment!.source.snapshot().observed!.listed.some(({ name }) => name === '/a'));
  });

  it('refuses what are no DevTools, in words', async () => {
    const refused = async (address: string, code: string) =>
      assert.rejects(Attachment.start({ sessionId: 'a', address, hook: false, spillDir: null }), { code });
    await refused('ftp://127.0.0.1', 'attach.address');
    await refused('http://169.254.169.254', 'attach.guarded');
    await refused('ws://[fe80::1]:9222/x', 'attach.guarded');
    await refused(`http://${devtools.host}`, 'attach.no-devtools');
    devtools.pages['/json/version'] = '<html>';
    await refused(`http://${devtools.host}`, 'attach.no-devtools');
    devtools.pages['/json/version'] = 'x'.repeat(5 * 1024 * 1024);
    await refused(`http://${devtools.host}`, 'attach.no-devtools');
    const { host } = devtools;
    devtools.echoes = true;
    await refused(`ws://${host}/echo`, 'attach.no-answer');
    await devtools.stop();
    await refused(`ws://${host}/devtools/page/p`, 'attach.connect');
    devtools = await new FakeDevtools().listen();
  });

  it('leaves out targets of a wrong shape, and never goes where a list leads', async () => {
    devtools.pages['/json/list'] = [
      1,
      null,
      { id: 'no address' },
      { id: 'wrong', webSocketDebuggerUrl: 'file:///etc/passwd' },
      { id: 'p', type: 7, title: 'Shop', webSocketDebuggerUrl: 'ws://evil.test/devtools/page/p' },
    ];
    const targets = await listTargets(new URL(`http://${devtools.host}`));
    assert.deepEqual(
      targets.map(({ id, type, address }) => [id, type, address.href]),
      [['p', '', `ws://${devtools.host}/devtools/page/p`]],
    );
    assert.equal(targetAddress(new URL('https://host'), 'ws://a:1/x')?.href, 'wss://host/x');
  });

  it('reads of a hook what a hook of ours says, whatever the program says in its place', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (payload) => {
        readHookMessage(payload);
      }),
    );
    const field = fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.array(fc.anything()), fc.object());
    const said = fc.record({
      t: fc.constantFrom('new', 'open', 'msg', 'err', 'close', 'lost'),
      s: field,
      u: field,
      c: field,
      p: field,
      n: field,
      h: field,
      b: field,
    });
    fc.assert(
      fc.property(said, (message) => {
        const read = readHookMessage(JSON.stringify(message));
        if (read?.kind === 'message') assert.ok(read.payloadBytes >= read.bytes.length);
        if (read?.kind === 'close') assert.ok(read.code >= 0 && read.code <= 65_535);
      }),
    );
  });
});
