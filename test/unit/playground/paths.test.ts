import assert from 'node:assert/strict';
import { startPlayground, type Playground } from '../../../src/core/playground/index.js';
import { clientFrame, hex, RawClient, upgradeRequest } from '../../support/rawClient.js';
import { rows } from './rows/index.js';
import type { Row } from './rows/row.js';

const PING = clientFrame(9, 'still here?');
const PONG = hex('8a0b7374696c6c20686572653f');

describe('playground paths', () => {
  let playground: Playground;
  before(async () => {
    playground = await startPlayground({ port: 0 });
  });
  after(() => playground.stop());

  it('has a row here for every path, and no others', () => {
    const tested = new Set(rows.map((row) => row.path));
    assert.deepEqual([...tested].sort(), playground.paths.map(({ path }) => path).sort());
  });

  for (const row of rows) {
    const sent =
      row.sends === undefined || row.sends.length === 0
        ? ''
        : ` after ${Buffer.from(row.sends).toString('hex').slice(0, 40)}`;
    it(`${row.ask}${sent}: ${row.ends}`, async () => {
      const client = await RawClient.connect(playground.ws);
      const request = Buffer.from(row.request ?? upgradeRequest(row.ask, row.headers), 'latin1');
      client.send(Buffer.concat([request, row.sends ?? Buffer.alloc(0)]));
      const received = await client.take(row.gives.length);
      assert.equal(show(received), show(row.gives));
      await assertEnding(client, row);
      client.destroy();
    });
  }
});

async function assertEnding(client: RawClient, row: Row): Promise<void> {
  if (row.ends === 'open') {
    assert.equal(client.socket.readableEnded || client.socket.destroyed, false);
    return;
  }
  if (row.ends === 'peer') {
    client.send(PING);
    assert.equal(show(await client.take(PONG.length)), show(PONG));
    return;
  }
  assert.equal(await client.ended(), row.ends);
  assert.equal(show(client.pending), '');
}

// Readable where it is text, exact where it is not.
function show(bytes: Buffer): string {
  return bytes.length > 20_000 ? bytes.toString('base64') : JSON.stringify(bytes.toString('latin1')).slice(1, -1);
}
