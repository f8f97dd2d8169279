import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, deflateRawSync } from 'node:zlib';
import { runCli } from '../../../src/cli/main.js';
import type { RecordingLine } from '../../../src/core/record/recording.js';
import { frameLine, header } from '../record/samples.js';
import { buildCli } from './builtCli.js';
import { fakeIo } from './fakeIo.js';
import { assertGolden } from './golden.js';

const HAR = 'test/unit/record/fixtures/chrome.har';

const text = (content: string) => ({ text: content, payloadBytes: content.length, wireBytes: content.length + 2 });
const complete = '{"id":"1","type":"complete"}';
const deflated = deflateRawSync(complete, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
const inflated = { text: complete, bytes: complete.length, truncated: false };

const LINES: readonly RecordingLine[] = [
  { type: 'open', connection: 1, atMs: 12 },
  frameLine({ index: 0, atMs: 20.5, direction: 'sent', masked: true, ...text('{"type":"connection_init"}') }),
  frameLine({ index: 1, atMs: 31, ...text('{"type":"connection_ack"}') }),
  frameLine({ index: 2, atMs: 33, opcode: 9, ...text('hb') }),
  frameLine({ index: 3, atMs: 35, fin: false, ...text('{"type":"next","id":"1",') }),
  frameLine({ index: 4, atMs: 36, opcode: 0, ...text('"payload":{"price":9007199254740993}}') }),
  frameLine({
    index: 5,
    atMs: 37,
    rsv1: true,
    base64: deflated.toString('base64'),
    payloadBytes: deflated.length,
    wireBytes: deflated.length + 2,
    inflated,
  }),
  frameLine({ index: 6, atMs: 40, opcode: 2, base64: 'AAEC', payloadBytes: 3, wireBytes: 5 }),
  frameLine({ index: 7, atMs: 41, ...text('evil \u001b[2J\u202e text') }),
  { type: 'note', connection: 1, atMs: 45, text: 'The page was reloaded' },
  frameLine({ index: 8, atMs: 49, opcode: 8, base64: 'A+hieWU=', payloadBytes: 5, wireBytes: 7 }),
];

describe('wsprobe show', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'wsprobe-show-test-'));
    save('session.wsrec', header, LINES);
  });
  after(() => rmSync(folder, { recursive: true }));

  const save = (name: string, head: object, lines: readonly object[]) =>
    writeFileSync(join(folder, name), [head, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(''));
  async function show(...argv: string[]) {
    const io = fakeIo({ cwd: folder, columns: 80 });
    return { exitCode: await runCli(['show', ...argv], io), out: io.out(), err: io.err() };
  }

  for (const [name, argv] of [
    ['show', []],
    ['show-wire', ['--wire']],
    ['show-pretty', ['--pretty', '--timestamps', 'delta', '--no-control']],
    ['show-operations', ['--operations']],
  ] as const) {
    it(`shows a recording ${argv.join(' ')}`, async () => {
      const { exitCode, out, err } = await show('session.wsrec', ...argv);
      assert.equal(err, '');
      assert.equal(exitCode, 0);
      assertGolden(name, out);
    });
  }

  it('filters in the language of the log', async () => {
    const { out } = await show('session.wsrec', '--filter', 'dir:in "price"');
    assert.match(out, /^ +36\.0 ← .*9007199254740993/);
    assert.equal(out.trim().split('\n').length, 1);
  });

  it('gives the lines of a recording, which can be shown again', async () => {
    const { exitCode, out } = await show('session.wsrec', '--json');
    assert.equal(exitCode, 0);
    writeFileSync(join(folder, 'again.wsrec'), out);
    const [first, again] = [await show('session.wsrec'), await show('again.wsrec')];
    assert.equal(again.out, first.out);
    assert.equal(again.err, '');
  });

  it('gives no content of a compressed message that nobody could inflate', async () => {
    const lost = { rsv1: true, base64: deflated.toString('base64'), payloadBytes: deflated.length, wireBytes: 40 };
    save('deflated.wsrec', header, [frameLine({ ...lost, inflated }), frameLine({ ...lost, index: 1 })]);
    const { out } = await show('deflated.wsrec', '--json');
    const frames = out.split('\n').filter((line) => line.includes('"type":"frame"'));
    assert.deepEqual(
      frames.map((line) => JSON.parse(line).inflated),
      [inflated, undefined],
    );
  });

  it('gives the frames of the messages that match', async () => {
    const { out } = await show('session.wsrec', '--json', '--filter', 'price');
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.slice(1).map((line) => [line.type, line.text]),
      [
        ['open', undefined],
        ['frame', '{"type":"next","id":"1",'],
        ['frame', '"payload":{"price":9007199254740993}}'],
      ],
    );
  });

  it('shows the WebSockets of a HAR, says what it left out, and leaves nothing behind', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('wsprobe-show-'));
    const { exitCode, out, err } = await show(join(process.cwd(), HAR));
    assert.equal(exitCode, 0);
    assert.match(out, /→ .*connection_init/);
    assert.equal(err, 'wsprobe: Left out, without a valid direction, opcode or data: 1 message.\n');
    assert.deepEqual(
      readdirSync(tmpdir()).filter((name) => name.startsWith('wsprobe-show-') && !before.includes(name)),
      [],
    );
  });

  it('reads what a decoder makes of messages, and another dialect', async () => {
    save('base64.wsrec', { ...header, subprotocol: null }, [frameLine({ ...text('eyJhIjoxfQ==') })]);
    assert.match((await show('base64.wsrec', '--decode', 'base64')).out, /\{"a": ?1\} \[decoded\]/);
    assert.doesNotMatch((await show('session.wsrec', '--dialect', 'none')).out, /connection_init {2}\{/);
  });

  it('hides credentials that a recording of others holds', async () => {
    const request = { target: '/orders?token=hunter2', headers: [['Authorization', 'Bearer hunter2']] };
    save('leaky.wsrec', { ...header, url: 'ws://u:hunter2@h/?token=hunter2', request }, LINES);
    const { out, err } = await show('leaky.wsrec', '--json');
    assert.match(out, /"Authorization"/);
    assert.doesNotMatch(out + err, /hunter2/);
  });

  it('shows what there is of a damaged recording, and says so', async () => {
    writeFileSync(
      join(folder, 'torn.wsrec'),
      `${JSON.stringify(header)}\nnonsense\n${JSON.stringify(LINES[1])}\n{"type":"fra`,
    );
    const { exitCode, out, err } = await show('torn.wsrec');
    assert.equal(exitCode, 0);
    assert.match(out, /connection_init/);
    assert.match(err, /1 line could not be read\. The last line was cut off/);
  });

  for (const [argv, message] of [
    [[], /show wants one recording/],
    [['a.wsrec', 'b.wsrec'], /show wants one recording/],
    [['missing.wsrec'], /missing\.wsrec: .*not there\.\n +A recording is written by/],
    [['.'], /\.: .*(folder|no regular file)/],
    [['no.wsrec'], /no\.wsrec: .*its first line is no header/],
    [['no.har'], /no\.har: The file is no HAR/],
    [['missing.har'], /missing\.har: .*\n +A recording is written by/],
    [['folder.har'], /folder\.har: .*is a folder/],
    [['plain.har'], /plain\.har: The HAR file holds no WebSocket/],
    [['session.wsrec', '--filter', 'dir:x'], /--filter: A direction is in or out.*at character 5\)\n +dir:in/],
    [['session.wsrec', '--filter', '/(/'], /--filter: /],
    [['session.wsrec', '--decode', 'zip'], /--decode wants the name of a decoder/],
    [['session.wsrec', '--dialect', 'klingon'], /--dialect wants auto/],
    [['session.wsrec', '--json', '--operations'], /cannot go together/],
  ] as const) {
    it(`refuses show ${argv.join(' ')}`, async () => {
      writeFileSync(join(folder, 'no.wsrec'), '{"name":"package"}\n');
      writeFileSync(join(folder, 'no.har'), 'nonsense');
      mkdirSync(join(folder, 'folder.har'), { recursive: true });
      writeFileSync(join(folder, 'plain.har'), '{"log":{"entries":[]}}');
      const { exitCode, out, err } = await show(...argv);
      assert.match(err, message);
      assert.equal(out, '');
      assert.equal(exitCode, 2);
    });
  }

  const canPipe = process.platform !== 'win32';
  (canPipe ? it : it.skip)(`ends without a word when nobody reads on${canPipe ? '' : ' (no sh)'}`, async function () {
    this.timeout(180_000);
    save(
      'long.wsrec',
      header,
      Array.from({ length: 20_000 }, (_, index) => frameLine({ index, atMs: index, ...text(`message ${index}`) })),
    );
    const cli = await buildCli();
    try {
      for (const option of ['--no-color', '--json']) {
        const script = `{ node ${cli.path} show long.wsrec ${option}; echo "exit $?" >&2; } | head -n 1`;
        const { stderr, stdout } = spawnSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8' });
        assert.equal(stderr, 'exit 0\n');
        assert.equal(stdout.split('\n').length, 2);
      }
    } finally {
      await cli.remove();
    }
  });
});
