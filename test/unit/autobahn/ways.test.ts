import assert from 'node:assert/strict';
import { allCases, type FuzzingServer, startFuzzingServer } from '../../autobahn/fuzzingServer.js';
import { askingBare } from '../../autobahn/bareClient.js';
import { clientOver } from '../../autobahn/ourClient.js';
import { type CaseResult, matcher, runSuite } from '../../autobahn/runSuite.js';
import { openWay, type Way, WAYS } from '../../autobahn/ways.js';

/** Those that take long say nothing more by another way. */
const CASES = ['1.*', '2.*', '3.*', '4.*', '5.*', '6.4.*', '7.*', '9.3.3', '9.4.3', '12.1.1', '13.*.1'];
/** Of a relay over TLS or HTTP/2: each of the two is gone through with all cases too. */
const FEW_CASES = ['1.*', '2.*', '5.*', '6.4.*', '7.1.*', '9.3.3', '12.1.1', '13.1.1'];
const DEADLINE_MS = 20_000;

describe('the cases of a fuzzing server, by every way there', () => {
  let server: FuzzingServer;
  let direct: CaseResult[];
  before(async function () {
    this.timeout(300_000);
    server = await startFuzzingServer(allCases().filter(({ id }) => matcher(CASES)(id)));
    direct = (await casesBy('direct')).cases;
    assert.ok(direct.length > 100);
  });
  after(() => server.stop());

  async function casesBy(
    way: Way,
    ids: readonly string[] = [],
  ): Promise<{ cases: CaseResult[]; disagreements: readonly string[] }> {
    const opened = await openWay(way, server.url);
    try {
      const client = askingBare(clientOver(opened.http), opened.url.replace(/\/+$/, ''), server.url);
      const cases = await runSuite({ url: opened.url, agent: way, cases: ids, client, deadlineMs: DEADLINE_MS });
      return { cases, disagreements: await opened.disagreements() };
    } finally {
      await opened.close();
    }
  }

  for (const way of WAYS.filter((each) => each !== 'direct'))
    it(`goes through ${way} as it goes by itself`, async () => {
      const ids = /^relay-(tls|http2)$/.test(way) ? FEW_CASES : [];
      const { cases, disagreements } = await casesBy(way, ids);
      const expected = direct.filter(({ id }) => matcher(ids)(id));
      assert.equal(cases.length, expected.length);
      assert.ok(expected.length > 50);
      for (const [index, { behavior, behaviorClose, disagreements: differs, ended, id }] of cases.entries()) {
        const told = [behavior, behaviorClose, ...differs];
        assert.deepEqual(told, [expected[index]?.behavior, expected[index]?.behaviorClose], `${id}: ${ended}`);
      }
      assert.deepEqual(disagreements, []);
    }).timeout(120_000);
});
