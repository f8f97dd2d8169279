import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/main.js';
import { renderReport } from '../../../src/cli/render/report.js';
import { createStyle } from '../../../src/cli/render/style.js';
import { lengthOf } from '../../../src/cli/render/text.js';
import { fileText, frameLine } from '../record/samples.js';
import { fakeIo } from './fakeIo.js';
import { FIXTURES } from './fixtures.js';
import { assertGolden } from './golden.js';

const WIDTHS = [40, 80, 200] as const;

/** Of every kind of output, with what goes wrong. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  'explain-1006': ['explain', '1006'],
  'explain-4401': ['explain', '4401', '--dialect', 'graphql-transport-ws'],
  show: ['show', 'a.wsrec'],
  'show-wire': ['show', 'a.wsrec', '--wire'],
  diff: ['diff', 'a.wsrec', 'b.wsrec'],
  convert: ['convert', 'a.http', '-', '--to', 'wsprobe'],
  'refused-command': ['prob', 'ws://localhost/a/very/long/path/that/no/narrow/terminal/holds'],
  'refused-option': ['probe', 'ws://localhost/', '--timeout', 'soon'],
  'refused-file': ['probe', 'no/such/folder/that/anybody/would/have/made/orders.wsprobe'],
  'refused-profile': ['probe', 'bad.wsprobe'],
  'refused-filter': ['show', 'a.wsrec', '--filter', 'dir:nowhere'],
  'refused-recording': ['show', 'later.wsrec'],
};

describe('at 40, 80 and 200 columns', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'wsprobe-widths-'));
    const put = (name: string, content: string) => writeFileSync(join(folder, name), content);
    const said = (content: string, more = {}) =>
      frameLine({ text: content, payloadBytes: content.length, wireBytes: content.length + 2, ...more });
    const long = JSON.stringify({
      type: 'order',
      id: 4711,
      items: ['apples', 'pears', 'plums'],
      note: 'two words, and more',
    });
    const open = { type: 'open', connection: 1, atMs: 0 };
    put('a.wsrec', fileText(open, said('{"type":"hello"}', { direction: 'sent' }), said(long, { index: 1, atMs: 3 })));
    put(
      'b.wsrec',
      fileText(open, said('{"type":"hello"}', { direction: 'sent' }), said('{"type":"order"}', { index: 1 })),
    );
    put(
      'a.http',
      '### first\nWEBSOCKET ws://h/\n\n{"a":1}\n> {% client.log("a script of some length") %}\n### second\nWS ws://h/2\n',
    );
    put(
      'bad.wsprobe',
      '{ "url": "ws://h/", "headers": { "X-A": "a\\r\\nb" }, "timeouts": { "connectMs": "soon" }, "nme": 1 }',
    );
    put('later.wsrec', fileText().replace('recording/1', 'recording/9'));
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const width of WIDTHS) {
    for (const [name, argv] of Object.entries(COMMANDS)) {
      it(`${name}, ${width}`, async () => {
        const io = fakeIo({
          cwd: folder,
          columns: width,
          stdoutIsTTY: true,
          stderrIsTTY: true,
          env: { NO_COLOR: '1' },
        });
        await runCli(argv, io);
        const transcript = (io.out() + io.err()).replaceAll(folder, '<folder>');
        assertGolden(`width-${width}-${name}`, transcript);
      });
    }

    for (const [name, report] of Object.entries(FIXTURES)) {
      it(`report of ${name}, ${width}`, () => {
        const lines = renderReport(report, createStyle({ width, unicode: true, colour: false }), {});
        const snippets = report.findings.flatMap(({ fixes }) => fixes.flatMap(({ snippet }) => snippet.split('\n')));
        // An address stands whole, so that it can be copied.
        const isWhole = (line: string) => snippets.includes(line.trim()) || line.includes(report.url);
        for (const line of lines) assert.ok(lengthOf(line) <= width || isWhole(line), line);
        assertGolden(`width-${width}-report-${name}`, lines.join('\n'));
      });
    }
  }
});
