import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { convertRecording } from '../../../src/core/session/convertRecording.js';
import { importRecording } from '../../../src/core/session/exportSource.js';
import { useTempFolder } from './temp.js';

describe('credentials in a HAR', () => {
  const folder = useTempFolder();

  const entry = (secret: string) => ({
    startedDateTime: '2026-01-01T00:00:00.000Z',
    request: {
      url: `ws://u:${secret}@127.0.0.1/?token=${secret}`,
      headers: [
        { name: 'Authorization', value: `Bearer ${secret}` },
        { name: 'Cookie', value: `sid=${secret}` },
        { name: 'X-Odd', value: secret },
      ],
    },
    response: { status: 101, headers: [{ name: 'Set-Cookie', value: `a=${secret}` }] },
    _webSocketMessages: [
      { type: 'send', time: 1767225600, opcode: 1, data: `{"token":"${secret}login"}` },
      { type: 'receive', time: 1767225601, opcode: 1, data: `hi ${secret} and ${secret}login` },
    ],
  });

  it('are in no form of recording that is made of it, whichever connection they are of', async () => {
    const secrets = ['PLANTED-first-1', 'PLANTED-other-2'];
    writeFileSync(folder.path('a.har'), JSON.stringify({ log: { entries: secrets.map(entry) } }));
    await importRecording(folder.path('a.har'), folder.path('imported.wsrec'));
    await convertRecording(folder.path('a.har'), folder.path('b.wsrec'), 'wsrec');
    await convertRecording(folder.path('a.har'), folder.path('c.jsonl'), 'jsonl');
    await convertRecording(folder.path('c.jsonl'), folder.path('d.har'), 'har');
    for (const name of ['imported.wsrec', 'b.wsrec', 'c.jsonl', 'd.har']) {
      const text = readFileSync(folder.path(name), 'utf8');
      assert.doesNotMatch(text, /PLANTED/, name);
      assert.match(text, /hi \*+ and/, name);
    }
  });
});
