import assert from 'node:assert/strict';
import { runCli } from '../../../src/cli/main.js';
import { fakeIo } from './fakeIo.js';
import { assertGolden } from './golden.js';

async function run(...argv: string[]) {
  const io = fakeIo();
  return { exitCode: await runCli(argv, io), out: io.out(), err: io.err() };
}

describe('wsprobe explain', () => {
  const transcripts: [name: string, argv: string[]][] = [
    ['explain-1006', ['1006']],
    ['explain-4401', ['4401']],
    ['explain-4401-graphql', ['4401', '--dialect', 'graphql-transport-ws']],
  ];
  for (const [name, argv] of transcripts) {
    it(`explains ${argv.join(' ')}`, async () => {
      const { exitCode, out, err } = await run('explain', ...argv);
      assert.equal(exitCode, 0);
      assert.equal(err, '');
      assertGolden(name, out);
    });
  }

  it('gives one JSON document with --json', async () => {
    const { exitCode, out } = await run('explain', '4401', '--dialect', 'graphql-transport-ws', '--json');
    assert.equal(exitCode, 0);
    const explanation = JSON.parse(out);
    assert.equal(explanation.code, 4401);
    assert.equal(explanation.dialect, 'graphql-transport-ws');
  });

  const refused: [argv: string[], message: RegExp][] = [
    [[], /explain wants one close code/],
    [['1000', '1001'], /explain wants one close code/],
    [['abnormal'], /a close code is a number/],
    [['10.5'], /a close code is a number/],
    [['70000'], /from 0 to 65535/],
    [
      ['4401', '--dialect', 'graphql-transport-wss'],
      /unknown dialect graphql-transport-wss[^]*Did you mean graphql-transport-ws\?[^]*pusher/,
    ],
    [['4401', '--dialekt', 'x'], /unknown option --dialekt[^]*Did you mean --dialect\?/],
  ];
  for (const [argv, message] of refused) {
    it(`refuses explain ${argv.join(' ')}`, async () => {
      const { exitCode, out, err } = await run('explain', ...argv);
      assert.equal(exitCode, 2);
      assert.equal(out, '');
      assert.match(err, message);
    });
  }
});
