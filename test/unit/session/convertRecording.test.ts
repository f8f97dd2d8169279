import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { convertRecording } from '../../../src/core/session/convertRecording.js';
import { useTempFolder } from '../record/temp.js';

const MIB = 1024 * 1024;

describe('a recording in another form', () => {
  const folder = useTempFolder();

  const har = (...messages: readonly string[]) => ({
    log: {
      entries: [
        {
          startedDateTime: '2026-01-01T00:00:00.000Z',
          request: { url: 'ws://127.0.0.1/', headers: [] },
          response: { status: 101, headers: [] },
          _webSocketMessages: messages.map((data, at) => ({ type: 'receive', time: 1767225600 + at, opcode: 1, data })),
        },
      ],
    },
  });

  it('has messages of any length, whole', async () => {
    const long = 'é"'.repeat(6 * MIB);
    writeFileSync(folder.path('long.har'), JSON.stringify(har('first', long)));
    assert.deepEqual(await convertRecording(folder.path('long.har'), folder.path('long.jsonl'), 'jsonl'), []);
    const last = JSON.parse(readFileSync(folder.path('long.jsonl'), 'utf8').trim().split('\n').at(-1)!) as object;
    assert.ok('text' in last && last.text === long && !('truncated' in last));
    assert.deepEqual(await convertRecording(folder.path('long.jsonl'), folder.path('again.har'), 'har'), []);
    const again = JSON.parse(readFileSync(folder.path('again.har'), 'utf8')) as ReturnType<typeof har>;
    assert.ok(again.log.entries[0]!._webSocketMessages[1]!.data === long);
  });

  it('says what a recording has no room for', async () => {
    writeFileSync(folder.path('longer.har'), JSON.stringify(har('x'.repeat(16 * MIB + 1))));
    const notes = await convertRecording(folder.path('longer.har'), folder.path('longer.wsrec'), 'wsrec');
    assert.deepEqual(notes, ['Cut to 16 MiB, the most that a recording keeps of one: 1 message.']);
  });

  it('is not written over what it is read from, and tells which of the two is at fault', async () => {
    writeFileSync(folder.path('own.har'), JSON.stringify(har('x')));
    const unwritable = () => new Error('cannot be written');
    const same = convertRecording(folder.path('own.har'), folder.path('own.har'), 'jsonl', unwritable);
    await assert.rejects(same, /cannot be written/);
    const missing = convertRecording(folder.path('none.har'), folder.path('none.jsonl'), 'jsonl', unwritable);
    await assert.rejects(missing, /ENOENT/);
    const nowhere = convertRecording(folder.path('own.har'), folder.path('no/such.jsonl'), 'jsonl', unwritable);
    await assert.rejects(nowhere, /cannot be written/);
  });
});
