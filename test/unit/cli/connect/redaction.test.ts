import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { WebSocketServer } from 'ws';
import { runCli } from '../../../../src/cli/main.js';
import { JsonView } from '../../../../src/cli/connect/jsonView.js';
import { prettyJson } from '../../../../src/cli/connect/prettyJson.js';
import { Transcript } from '../../../../src/cli/connect/transcript.js';
import { createStyle } from '../../../../src/cli/render/style.js';
import type { Frame } from '../../../../src/core/base/frame.js';
import { Redactor } from '../../../../src/core/redaction/redactor.js';
import { splitAt } from '../../../support/splitAt.js';
import { fakeIo } from '../fakeIo.js';
import { receivedFrame } from '../../../support/frames.js';

const SECRET = 'hunter2-and-more';
const redactor = new Redactor([SECRET]);

function fragments(text: string, cuts: readonly number[]): Frame[] {
  const pieces = splitAt(Buffer.from(text), cuts);
  return pieces.map((payload, index) =>
    receivedFrame(payload, { fin: index === pieces.length - 1, opcode: index === 0 ? 1 : 0 }),
  );
}

function entries(text: string, cuts: readonly number[]) {
  return fragments(text, cuts).map((frame, index) => {
    return { connection: 1, index, frame, isText: true, compressed: false, inflated: null, label: null, decoded: null };
  });
}

function transcript(text: string, cuts: readonly number[], format: (text: string) => string): string {
  let out = '';
  const view = new Transcript({
    write: (written) => (out += written),
    redactor,
    style: createStyle({ width: 80, unicode: true, colour: false }),
    timestamps: 'since',
    showControl: true,
    format,
    closedByUs: () => false,
  });
  for (const entry of entries(text, cuts)) view.frame(entry);
  return out;
}

describe('what wsprobe connect shows of a secret', () => {
  const cuts = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 5 });

  it('is nothing, wherever a border of fragments lies', () => {
    fc.assert(
      fc.property(cuts, (places) => {
        const text = `{"a":"${SECRET}"}`;
        const lines: string[] = [];
        const view = new JsonView((line) => lines.push(line), redactor, { showControl: true });
        for (const entry of entries(text, places)) view.frame(entry);
        const shown = lines.map((line) => (JSON.parse(line) as { text: string }).text).join('');
        assert.equal(shown, `{"a":"${'*'.repeat(SECRET.length)}"}`);
        assert.match(transcript(text, places, prettyJson), /"a": "\[redacted\]"/);
      }),
    );
  });

  it('is nothing where formatting or a reader puts it together', () => {
    const texts = ['hunter2\u200b-and-more', 'hun\u0000ter2-and-more', '\u202ehunter2\u202c-and-more'];
    for (const text of [...texts, ...texts.map((each) => JSON.stringify(each)), '"hunter2\\u200b-and-more"']) {
      const shown = transcript(text, [], prettyJson);
      assert.match(shown, /\[redacted\]/, shown);
      assert.doesNotMatch(shown, /hunter2|and-more/);
    }
  });
});

describe('what comes to be known while wsprobe connect talks', () => {
  it('is shown in no line: a fetched token, what a login says', async () => {
    const token = createServer((_, response) =>
      response
        .writeHead(200, { 'Content-Type': 'application/json' })
        .end(JSON.stringify({ access_token: 'granted-Token-1', token_type: 'Bearer', expires_in: 60 })),
    ).listen(0, '127.0.0.1');
    await once(token, 'listening');
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    server.on('connection', (socket, { headers }) => {
      socket.send(`hello ${headers.authorization}`);
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
    const folder = await mkdtemp(join(tmpdir(), 'wsprobe-known-'));
    const port = (of: { address(): unknown }) => (of.address() as AddressInfo).port;
    try {
      const file = join(folder, 'a.wsprobe');
      const auth = {
        type: 'oauth2',
        tokenUrl: `http://127.0.0.1:${port(token)}/`,
        clientId: 'c',
        clientSecret: '${secret:s}',
      };
      await writeFile(file, JSON.stringify({ url: `ws://127.0.0.1:${port(server)}/`, auth }));
      const io = fakeIo({ env: { WSPROBE_SECRET_S: SECRET, NO_PROXY: '*' }, stdin: '' });
      const said = ['--send', '{"login":"me","password":"said-Secret-1"}', '--send', 'of said-Secret-1'];
      await runCli(['connect', file, '--json', ...said, '--max', '3'], io);
      assert.match(io.out(), /hello Bearer/);
      assert.match(io.out(), /"login/);
      assert.doesNotMatch(io.out() + io.err(), /granted-Token|said-Secret/);
    } finally {
      token.close();
      for (const socket of server.clients) socket.terminate();
      server.close();
      await rm(folder, { recursive: true });
    }
  });
});
