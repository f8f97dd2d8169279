import assert from 'node:assert/strict';
import type { Report } from '../../../src/core/base/model.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { exitCodeOf } from '../../../src/core/text/exitCode.js';
import { planFor } from '../../support/plan.js';
import { sessionTalk } from '../../support/talks.js';
import { UpgradeServer } from '../../support/upgradeServer.js';

const ILLEGAL: Readonly<Record<string, string>> = {
  'RSV1 set': 'c80203e8',
  'RSV2 set': 'a80203e8',
  'RSV3 set': '980203e8',
  'a fragment': '080203e8',
  masked: '88820000000003e8',
  '126 bytes': `887e007e03e8${'61'.repeat(124)}`,
  'a long form of a short length': '887e000203e8',
  'one byte': '880103',
  'the code 1005': '880203ed',
  'the code 999': '880203e7',
  'the code 5000': '88021388',
  'a reason that is not UTF-8': '880303e8ff',
};

/** No part of one report says what another denies. */
function assertConsistent(report: Report): void {
  const { verdict, error, close, findings } = report;
  const worst = findings[0]?.severity ?? 'info';
  assert.equal(verdict === 'down', error !== null);
  assert.equal(verdict === 'down', worst === 'error');
  assert.equal(exitCodeOf(report), verdict === 'down' ? 1 : 0);
  assert.equal(exitCodeOf(report, { strict: true }), verdict === 'healthy' ? 0 : 1);
  const broken = findings.find(({ id }) => id.startsWith('frame.'));
  assert.ok(broken, 'the illegal Close is a finding');
  assert.notEqual(verdict, 'healthy');
  assert.equal(close?.initiator, 'client');
  assert.notEqual(close?.code, 1000);
  assert.equal(close?.clean, close?.evidence.includes('; the peer answered with Close ') ?? null);
  if (error) assert.equal(error.code, broken.id);
  assert.ok(findings.every(({ id }) => !['close.rejected', 'close.dropped', 'limit.close-timeout'].includes(id)));
  const closedAs = report.frames.find(({ direction, opcode }) => direction === 'sent' && opcode === 8);
  const sentCode = closedAs && 'base64' in closedAs ? Buffer.from(closedAs.base64, 'base64').readUInt16BE(0) : null;
  assert.match(close?.evidence ?? '', new RegExp(`^We (closed with|sent Close) ${sentCode}[:;]`));
}

describe('a Close frame that is not legal', () => {
  for (const [what, bytes] of Object.entries(ILLEGAL)) {
    for (const compression of [false, true]) {
      const overrides = {
        compression,
        timeouts: { closeMs: 2_000 },
        expect: { holdMs: 5_000, budgets: {} },
      } as const;
      const name = `${what}${compression ? ', compression agreed to' : ''}`;

      it(`out of the blue is a violation: ${name}`, async () => {
        const server = await UpgradeServer.start(
          (visit) => {
            void visit.accept().then(() => visit.socket.write(Buffer.from(bytes, 'hex')));
            visit.socket.on('end', () => visit.socket.destroy());
          },
          { webSocket: { perMessageDeflate: true } },
        );
        try {
          for (const report of [
            await runProbe(planFor(server.url(), overrides)),
            (await sessionTalk(server.url(), overrides)).report,
          ]) {
            assert.equal(report.verdict, 'down');
            assertConsistent(report);
          }
        } finally {
          await server.stop();
        }
      });

      it(`as an answer to ours is a goodbye gone wrong: ${name}`, async () => {
        const server = await UpgradeServer.start(
          (visit) => {
            void visit.accept().then((client) => {
              // `ws` must not answer first.
              visit.socket.removeAllListeners('data');
              visit.socket.once('data', () => visit.socket.write(Buffer.from(bytes, 'hex')));
              visit.socket.resume();
              client.on('error', () => {});
            });
          },
          { webSocket: { perMessageDeflate: true } },
        );
        try {
          const expect = { holdMs: 0, budgets: {} };
          for (const report of [
            await runProbe(planFor(server.url(), { ...overrides, expect })),
            (await sessionTalk(server.url(), { ...overrides, expect }, async (session) => session.close(1000, '')))
              .report,
          ]) {
            assert.equal(report.verdict, 'degraded');
            assertConsistent(report);
          }
        } finally {
          await server.stop();
        }
      });
    }
  }
});
