import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../../../src/cli/main.js';
import { type Playground, startPlayground } from '../../../../src/core/playground/index.js';
import { type FakeIo, type FakeOptions, fakeIo, keyboard } from '../fakeIo.js';

const UP = '\u001b[A';
const HOME = '\u001b[H';
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

describe('the prompt of wsprobe connect', () => {
  let playground: Playground;
  let folder: string;
  let io: FakeIo;
  let keys: ReturnType<typeof keyboard>;
  let done: Promise<number>;
  before(async () => {
    playground = await startPlayground({ port: 0 });
    folder = await mkdtemp(join(tmpdir(), 'wsprobe-typed-'));
  });
  after(async () => {
    await playground.stop();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    io.signal('SIGINT');
    io.signal('SIGINT');
    await done;
  });

  const start = async (path: string, argv: readonly string[] = [], options: FakeOptions = {}) => {
    keys = keyboard();
    const env = { NO_COLOR: '1', TERM: 'xterm' };
    io = fakeIo({ cwd: folder, stdin: keys, stdoutIsTTY: true, stderrIsTTY: true, env, ...options });
    const target = path.startsWith('/') ? `${playground.ws}${path}` : path;
    done = runCli(['connect', target, ...argv], io);
    await shows(/\/help lists the commands[^]*> $/);
  };
  /** What a person would read: escapes gone, what was erased still there. */
  const screen = () => (io.out() + io.err()).replace(/\u001b\[[?0-9;]*[A-Za-z]/g, '').replaceAll('\r', '');
  const shows = async (text: RegExp) => {
    const giveUp = AbortSignal.timeout(5_000);
    while (!text.test(screen())) {
      giveUp.throwIfAborted();
      await new Promise(setImmediate);
    }
  };
  const type = (text: string) => keys.write(text);

  it('sends a line and shows the answer above', async () => {
    await start('/echo');
    type('hello\r');
    await shows(/→ hello\n[^]*← hello\n> $/);
  });

  it('sends what is pasted as one message, line breaks and tabs and all', async () => {
    await start('/echo', ['--json'], { stdoutIsTTY: false });
    for (const part of ['\u001b[200~{\r\t"a\u240a": 1,\r\n', '}\n', '\u001b[20', '1~']) type(part);
    await shows(/> \{\u240d\u2409/);
    type('\r');
    await shows(/"direction":"received"/);
    const received =
      io
        .out()
        .split('\n')
        .find((line) => line.includes('"direction":"received"')) ?? '';
    assert.match(received, /"inflated":\{"text":"\{\\n\\t\\"a\u240a\\": 1,\\n\}\\n"/);
    type(CTRL_D);
    assert.equal(await done, 0);
    assert.match(io.err(), /\u001b\[\?2004h[^]*\u001b\[\?2004l/);
  });

  it('redraws what is being typed below what comes', async () => {
    await start('/slow-echo?ms=20', ['--no-control']);
    type('first\r');
    await shows(/→ first/);
    type('half a li');
    await shows(/← first\n> half a li$/);
    type('ne\r');
    await shows(/← half a line\n/);
  });

  it('redraws a line of several rows without eating what was printed', async () => {
    await start('/slow-echo?ms=20', ['--no-control']);
    type('first\r');
    await shows(/→ first/);
    type('x'.repeat(200));
    await shows(/← first\n/);
    // Up to the prompt from two rows below it, and down there again.
    assert.match(io.out(), /\u001b\[2A\u001b\[1G\u001b\[0J[^\n]*← first\n> x{200}\u001b\[43G$/);
    for (const key of [HOME, 'y', '\r']) type(key);
    await shows(/← yx{200}\n/);
    assert.match(screen(), /→ first\n/);
  });

  it('takes the line off the screen that is shown again as sent', async () => {
    await start('/echo');
    type(`${'w'.repeat(100)}\r`);
    await shows(/→ w{100}\n/);
    assert.match(io.out(), /\r\n\u001b\[2A\u001b\[1G\u001b\[0J/);
  });

  it('has the lines before at the arrow keys', async () => {
    await start('/echo');
    type('one\r');
    await shows(/← one/);
    type('two\r');
    await shows(/← two/);
    for (const key of [UP, UP, '\r']) type(key);
    await shows(/← two[^]*← one/);
  });

  it('completes commands and the names of saved messages', async () => {
    const messages = [{ name: 'sub all', send: { json: { id: '${uuid}', n: 1 } } }];
    await writeFile(join(folder, 'saved.wsprobe'), JSON.stringify({ url: `${playground.ws}/echo`, messages }));
    await start('saved.wsprobe');
    for (const key of ['/sa', '\t', 's', '\t', '\r']) type(key);
    await shows(/← \{"id":"[0-9a-f-]{36}","n":1\}\n/);
  });

  it('pings and measures, sends bytes, files and JSON', async () => {
    await writeFile(join(folder, 'text.txt'), 'from a file');
    await writeFile(join(folder, 'bytes.bin'), Buffer.from('00ff', 'hex'));
    await start('/echo');
    const talks: [typed: string, shown: RegExp][] = [
      ['/ping abc', /→ ping "abc"\n[^]*← pong "abc" {2}[\d.]+ ms\n/],
      ['/pong x', /→ pong "x"/],
      ['/hex 00 ff', /← binary, 2 bytes\n +0000 {2}00 ff .*\.\.\n/],
      ['/base64 AQID', /← binary, 3 bytes\n +0000 {2}01 02 03/],
      ['/json { "a" : 1 }', /← \{ "a" : 1 \}/],
      ['//slash', /← \/slash/],
      ['/send-file text.txt', /← from a file/],
      ['/send-file bytes.bin', /→ binary, 2 bytes[^]*→ binary, 2 bytes/],
      ['/stats', /received +\d+ messages/],
    ];
    for (const [typed, shown] of talks) {
      type(`${typed}\r`);
      await shows(shown);
    }
  });

  it('says what is wrong with a command, and goes on', async () => {
    await start('/echo');
    const wrong: [typed: string, told: RegExp][] = [
      ['/pin', /There is no command \/pin\. Did you mean \/ping\?/],
      ['/json {"a":}', /This is not JSON/],
      ['/hex 0', /hex payload/],
      ['/send-file nowhere', /nowhere is not there/],
      ['/send-file', /Usage: \/send-file <path>/],
      ['/say nothing', /The profile has no message nothing\. The profile has no messages\./],
      ['/close 1006', /No Close frame carries the code 1006\. A close code is/],
      ['/close soon', /\/close wants a code/],
      ['/raw x', /\/raw wants an opcode/],
      [`/ping ${'x'.repeat(126)}`, /A control frame holds 125 bytes/],
      ['${nothing}', /\$\{nothing\} has no value/],
      ['/record no/such/folder.wsrec', /cannot be opened/],
    ];
    for (const [typed, told] of wrong) {
      type(`${typed}\r`);
      await shows(told);
    }
    type('still here\r');
    await shows(/← still here/);
  });

  it('closes with the code and the reason given, and leaves', async () => {
    await start('/echo');
    type('/close 4000 enough\r');
    assert.equal(await done, 0);
    assert.match(screen(), /→ close 4000 "enough"\n[^]*✔ closed {2}4000 "enough" · by us\n$/);
  });

  it('leaves at Ctrl+D, at the first Ctrl+C, and with 130 at the second', async () => {
    for (const [path, typed, exitCode] of [
      ['/echo', [CTRL_D], 0],
      ['/echo', [CTRL_C], 0],
      ['/never-close', [CTRL_C, CTRL_C], 130],
    ] as const) {
      await start(path);
      for (const key of typed) type(key);
      assert.equal(await done, exitCode);
      // The prompt is off the screen before anything more is said.
      assert.match(io.out(), />(?: |\u001b\[\d*[A-Z])*\u001b\[0J[^>]*$/);
    }
  });

  it('fails after /terminate', async () => {
    await start('/echo');
    type('/terminate\r');
    assert.equal(await done, 1);
  });

  it('breaks frames on purpose', async () => {
    await start('/echo');
    type('/raw text rsv2 68 69\r');
    assert.equal(await done, 1);
    assert.match(screen(), /→ hi \[reserved bits set\]\n[^]*← close 1002/);
  });

  it('stops reading and reads on', async () => {
    await start('/ping?every=5');
    await shows(/← ping/);
    type('/pause\r');
    await shows(/reading is paused/);
    type('/stats\r');
    await shows(/open, paused/);
    type('/resume\r');
    await shows(/reading on[^]*← ping/);
  });

  it('connects anew', async () => {
    await start('/echo');
    type('/reconnect\r');
    await shows(/✔ open[^]*✔ open/);
    type('again\r');
    await shows(/← again/);
  });

  it('names messages by their dialect, and tells how long replies took', async () => {
    await start('/graphql', ['--labels', '--subprotocol', 'graphql-transport-ws']);
    type('{"type":"connection_init"}\r');
    await shows(/→ connection_init {2}\{"type":"connection_init"\}\n[^]*← connection_ack {2}\{/);
    type('/operations\r');
    await shows(/operation +count +p50[^]*connection_init +1 /);
    type('/stats\r');
    await shows(/dialect +graphql-transport-ws/);
  });

  it('records from now on', async () => {
    await start('/echo');
    type('before\r');
    await shows(/← before/);
    type('/record talk.wsrec\r');
    await shows(/recording to .*talk\.wsrec/);
    type('recorded\r');
    await shows(/← recorded/);
    type('/quit\r');
    assert.equal(await done, 0);
    assert.match(screen(), /recorded 4 frames, .*talk\.wsrec\n$/);
    const lines = (await readFile(join(folder, 'talk.wsrec'), 'utf8')).trimEnd().split('\n');
    const records = lines.map((line) => JSON.parse(line) as { type?: string; index?: number });
    assert.deepEqual(
      records.map(({ type, index }) => [type, index]),
      [
        [undefined, undefined],
        ['open', undefined],
        ['frame', 0],
        ['frame', 1],
        ['frame', 2],
        ['frame', 3],
        ['close', undefined],
      ],
    );
  });

  it('keeps the prompt on standard error when standard output goes elsewhere', async () => {
    await start('/echo', ['--json'], { stdoutIsTTY: false });
    type('hello\r');
    await shows(/"inflated":\{"text":"hello"/);
    assert.doesNotMatch(io.out(), /\u001b|> /);
    type(CTRL_D);
    assert.equal(await done, 0);
    for (const line of io.out().trimEnd().split('\n')) JSON.parse(line);
  });

  it('asks line by line on a terminal that cannot move its cursor', async () => {
    await start('/echo', [], { env: { TERM: 'dumb', NO_COLOR: '1', LANG: 'C' } });
    type('hello\n');
    await shows(/> hello\n[^]*< hello\n$/);
    assert.doesNotMatch(io.out(), /\u001b/);
  });
});
