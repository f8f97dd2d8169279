import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import type { Report } from '../../../src/core/base/model.js';
import { exitCodeOf } from '../../../src/core/text/exitCode.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { planFor } from '../../support/plan.js';
import { sessionTalk } from '../../support/talks.js';
import { UpgradeServer } from '../../support/upgradeServer.js';

const plain = { compression: false, expect: { holdMs: 5_000, budgets: {} } } as const;
const compressed = { compression: true, expect: { holdMs: 5_000, budgets: {} } } as const;
const TEXT = '81026869';

/** Ends TCP as soon as the client has: a peer that broke the rules has nobody to talk to. */
const serve = (bytes: string) =>
  UpgradeServer.start(
    (visit) => {
      void visit.accept().then((client) => {
        client.on('close', () => visit.socket.destroy());
        visit.socket.write(Buffer.from(bytes, 'hex'));
      });
    },
    { webSocket: { perMessageDeflate: true } },
  );

/** What a report says of a frame that breaks the rules, but for its times. */
function said(report: Report) {
  const [finding] = report.findings;
  return {
    verdict: report.verdict,
    error: report.error,
    id: finding?.id,
    severity: finding?.severity,
    evidence: finding?.evidence.filter((line) => !line.startsWith('The connection had been open')),
    close: [report.close?.code, report.close?.initiator],
  };
}

async function both(bytes: string, overrides: Parameters<typeof planFor>[1]) {
  const server = await serve(bytes);
  try {
    const probe = await runProbe(planFor(server.url(), overrides));
    const session = await sessionTalk(server.url(), overrides);
    return { probe, session: session.report };
  } finally {
    await server.stop();
  }
}

describe('a frame that breaks the rules', () => {
  const deflated = (text: string | Buffer) => deflateRawSync(text).toString('hex');
  const compressedText = (hex: string) => `c1${(hex.length / 2).toString(16).padStart(2, '0')}${hex}`;
  const good = compressedText(deflated('one'));
  const rows: [
    what: string,
    bytes: string,
    id: string,
    offset: number,
    overrides?: typeof plain | typeof compressed,
  ][] = [
    ['text that is not UTF-8, behind one that is', `${TEXT}8103e282ff`, 'frame.invalid-utf8', 4],
    ['text that is not UTF-8 with a Close behind it', `${TEXT}8101ff880203e8`, 'frame.invalid-utf8', 4],
    ['a second fragment that is not UTF-8', `${TEXT}0102e2828001ff`, 'frame.invalid-utf8', 8],
    ['an orphan continuation', `${TEXT}80026869`, 'frame.unexpected-continuation', 4],
    ['a message inside a fragmented one', '01016181016b', 'frame.expected-continuation', 3],
    ['a Close of one byte', `${TEXT}880103`, 'frame.invalid-close', 4],
    ['an unknown opcode', `${TEXT}8300`, 'frame.invalid-opcode', 4],
    ['a ping of 126 bytes', `${TEXT}897e007e${'00'.repeat(126)}`, 'frame.invalid-control', 4],
    ['a masked message', `${TEXT}818100000000ff`, 'frame.masked', 4],
    ['compression that was not agreed to', `${TEXT}c1026869`, 'frame.reserved-bits', 4],
    ['a web page', Buffer.from('<html></html>').toString('hex'), 'frame.http-after-upgrade', 0],
    ['data that cannot be inflated', `${TEXT}${good}c102ffff`, 'frame.bad-deflate', 4 + good.length / 2, compressed],
    [
      'data that cannot be inflated with a Close behind them',
      `${TEXT}${good}c102ffff880203e8`,
      'frame.bad-deflate',
      4 + good.length / 2,
      compressed,
    ],
    [
      'a compressed text that is not UTF-8',
      `${good}${compressedText(deflated(Buffer.from('e282ff', 'hex')))}`,
      'frame.invalid-utf8',
      good.length / 2,
      compressed,
    ],
  ];
  for (const [what, bytes, id, offset, overrides = plain] of rows) {
    it(`is told by a session as by a probe: ${what}`, async () => {
      const { probe, session } = await both(bytes, overrides);
      assert.deepEqual(said(session), said(probe));
      assert.equal(probe.findings[0]?.id, id);
      assert.deepEqual([probe.verdict, probe.error?.code, exitCodeOf(probe)], ['down', id, 1]);
      const place = probe.findings[0]?.evidence.find((line) => line.startsWith('At byte')) ?? '';
      assert.match(place, new RegExp(`^At byte ${offset} after the handshake: [0-9a-f]{2} `));
    });
  }
});
