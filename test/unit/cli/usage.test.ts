import assert from 'node:assert/strict';
import { runCli } from '../../../src/cli/main.js';
import { COMMAND_OPTIONS, type OptionGroups } from '../../../src/cli/optionTable.js';
import { collect, fakeIo } from './fakeIo.js';
import { assertGolden } from './golden.js';

async function run(...argv: string[]) {
  const io = fakeIo();
  return { exitCode: await runCli(argv, io), out: io.out(), err: io.err() };
}

describe('wsprobe', () => {
  const refused: [argv: string[], message: RegExp][] = [
    [['prob', 'ws://localhost'], /unknown command prob\n +Did you mean probe\?/],
    [['--prob'], /unknown option --prob/],
    [['ws://localhost/'], /no command given\n +wsprobe probe ws:\/\/localhost\//],
    [['watch'], /watch wants files, folders or URLs/],
    [['watch', 'ws://localhost/', '--every', 'soon'], /--every wants a time/],
    [['watch', 'ws://localhost/', '--every', '0'], /--every wants more than nothing/],
    [['watch', 'ws://localhost/', '--count', '0'], /--count wants a whole number from 1/],
    [['watch', 'src/cli'], /no \.wsprobe file in src\/cli/],
    [['watch', 'no-such.wsprobe'], /no such file or folder/],
    [['watch', 'http://localhost/'], /no such file/],
    [['exporter'], /exporter wants profiles, or targets that may be asked for/],
    [['exporter', '--allow', '*'], /--allow: "\*" is no rule/],
    [['exporter', '--allow', 'ws://h/', '--listen', '9115'], /--listen wants an address and a port/],
    [['exporter', '--allow', 'ws://h', '--listen', '127.0.0.1:65536'], /--listen wants an address and a port/],
    [['exporter', 'ws://localhost/'], /exporter wants files: a scrape names the target/],
    [['lab'], /lab wants an experiment: wsprobe help lab lists them\n +wsprobe lab handshake wss/],
    [['lab', 'handshak', 'ws://localhost/'], /unknown experiment handshak\n +Did you mean handshake\?/],
    [['lab', 'zzzz', 'ws://localhost/'], /unknown experiment zzzz\n +Known: handshake/],
    [['lab', 'ws://localhost/'], /unknown experiment .*\n +wsprobe lab handshake ws:\/\/localhost\//],
    [['lab', 'handshake'], /lab handshake wants one URL or one \.wsprobe file/],
    [['lab', 'handshake', 'a.wsprobe', 'b.wsprobe'], /lab handshake wants one URL/],
    [['convert'], /convert wants what is read and what is written/],
    [['convert', "curl -H 'A: hunter2' wss://h/", '-', '--to', 'k6'], /a command line itself is for init/],
    [['convert', 'src', '-', '--to', 'k6'], /cannot read src \(it is a folder, EISDIR\)/],
    [['convert', 'a.txt', 'b.txt'], /what b\.txt is to be/],
    [['convert', 'a.wsprobe', 'b.har'], /a recording is made by connecting/],
    [['help', 'nonsense'], /unknown command nonsense/],
    [['probe'], /probe wants one URL or one \.wsprobe file/],
    [['probe', 'ws://localhost/', 'ws://localhost/'], /probe wants one URL/],
    [
      ['probe', 'ws://localhost/', '--proxy', 'ftp://u:hunter2@proxy'],
      /`proxy` must start with http.*\[invalid-proxy\]/,
    ],
    [['probe', 'ws://localhost/', '--proxy', 'u:hunter2/@proxy:3128'], /`proxy` has a .*\[invalid-proxy\]/],
    [['probe', 'ws://localhost/', '--proxy', ''], /`proxy` must be "auto", "none" or a URL/],
    [['probe', 'ws://localhost/', '--http', '3'], /--http wants 1\.1, 2 or auto/],
    [['probe', 'ws://localhost/', '--min-tls', '1.4'], /--min-tls wants 1\.0, 1\.1, 1\.2 or 1\.3/],
    [
      ['probe', 'ws://localhost/', '--pfx', 'a.p12', '--cert', 'a.pem', '--key', 'a.key'],
      /already holds a certificate/,
    ],
    [['probe', 'ws://localhost/', '--passphrase', 'hunter2'], /`tls\.passphrase` opens/],
    [['probe', 'ws://localhost/', '--server-name', '10.0.0.1'], /`tls\.serverName` must be a host name/],
    [['probe', 'ws://localhost/', '--proxi', 'none'], /unknown option --proxi\n +Did you mean --proxy\?/],
    [['probe', 'ws://localhost/', '--bearr', 'x'], /unknown option --bearr\n +Did you mean --bearer\?/],
    [['probe', 'ws://localhost/', '-H', 'no colon'], /-H wants 'Name: value'/],
    [['probe', 'ws://localhost/', '--timeout', 'soon'], /--timeout wants a time/],
    [['probe', 'ws://localhost/', '--samples', '0'], /--samples wants a whole number from 1/],
    [['probe', 'ws://localhost/', '--var', 'novalue'], /--var wants name=value/],
    [['probe', 'ws://localhost/', '--basic', 'hunter2'], /--basic wants user:password/],
    [['probe', 'ws://localhost/', '--bearer', 'a', '--basic', 'b:c'], /cannot go together/],
    [['probe', 'ws://localhost/', '--env', 'local'], /--env chooses an environment of a profile/],
    [['probe', 'ws://localhost/', '-q', '--json'], /--quiet and --json cannot go together/],
    [['probe', 'ws://localhost/', '-q', '-v'], /--quiet and --verbose cannot go together/],
    [['probe', 'ws://localhost/', '--cert-days', 'two'], /--cert-days wants a whole number from 0 to 3650/],
    [['probe', 'ws://localhost/', '--expect-subprotocol', 'a b'], /subprotocol/],
    [['probe', 'missing.wsprobe'], /no such file: missing\.wsprobe/],
    [['probe', 'src'], /src is a folder\n +wsprobe run src/],
    [['connect'], /connect wants one URL or one \.wsprobe file/],
    [['connect', 'ws://localhost/', '--hold', '5'], /unknown option --hold/],
    [['connect', 'ws://localhost/', '--once', '--max', '2'], /--once and --max cannot go together/],
    [['connect', 'ws://localhost/', '--max', '0'], /--max wants a whole number from 1/],
    [['connect', 'ws://localhost/', '--wait', 'long'], /--wait wants a time/],
    [['connect', 'ws://localhost/', '--timestamps', 'utc'], /--timestamps wants absolute, since or delta/],
    [['connect', 'ws://localhost/', '--ping-interval', '0'], /--ping-interval wants more than nothing/],
    [['connect', 'src'], /src is a folder/],
    [['connect', 'http://localhost/'], /invalid-url/],
    [['show', 'a.wsrec', '--json', '--pretty'], /--json and --pretty cannot go together/],
    [['show', 'a.wsrec', '--operations', '--wire'], /--operations and --wire cannot go together/],
    [['show', 'a.wsrec', '--operations', '-f', 'dir:in'], /--operations and --filter cannot go together/],
    [['show', 'a.wsrec', '--json', '--operations'], /--json and --operations cannot go together/],
    [['probe', 'ws://localhost/', '--hold', '1s', '--hold', '2s'], /--hold is given twice, with different values/],
    [['run'], /run wants files, folders or URLs/],
    [['run', ''], /named by an empty text/],
    [['watch', 'examples', ''], /named by an empty text/],
    [['exporter', ''], /named by an empty text/],
    [['run', 'src/cli'], /no \.wsprobe file in src\/cli/],
    [['run', 'src', '--reporter', 'xml'], /unknown reporter xml\n +Known: text, json, junit, tap, github, html/],
    [['run', 'src', '--reporter', 'junt=a.xml'], /unknown reporter junt\n +Did you mean junit\?/],
    [['run', 'src', '--reporter', 'junit='], /--reporter junit= wants a file/],
    [['run', 'src', '--reporter', 'junit', '--json'], /--reporter junit and json both own standard output/],
    [['run', 'src', '--reporter', 'tap', '--reporter', 'text'], /both own standard output\n +--reporter text=<file>/],
    [['run', 'src', '--reporter', 'tap=x/../a', '--reporter', 'html=a'], /two reporters cannot write to .*a$/m],
    [['run', 'src', '--reporter', 'tap=a', '-o', 'a'], /two reporters cannot write to .*a$/m],
    [['run', 'src', '--json', '--quiet'], /--quiet is for --reporter text/],
    [['run', 'src', '--quiet', '--verbose'], /--quiet and --verbose cannot go together/],
    [['run', 'src', '--grep', '('], /--grep wants a regular expression/],
    [['run', 'examples', '--grep', 'no such thing'], /none of \d+ profiles matches --grep no such thing/],
    [['run', 'src', '--retry', '-1'], /retry/],
    [['run', 'src', '--concurrency', '-1'], /concurrency/],
    [
      ['run', 'ws://h/?token=hunter2', '--env', 'x'],
      /--env chooses an environment of a profile, and ws:\/\/h\/\S+ is a URL/,
    ],
    [['playground', 'ws://localhost'], /playground takes no target/],
    [['playground', '--port', 'x'], /--port wants a whole number/],
    [['connect', 'ws://localhost/', '--file', ''], /--file wants a file, and its value is empty/],
    [['run', 'ws://localhost/', '--reports='], /--reports wants a folder, and its value is empty/],
    [['tap', '--target', 'ws://localhost/', '--remove-header', 'X-A:'], /--remove-header wants the name of a header/],
    [['mock', 'a.wsrec', '--pace', 'slow'], /--pace wants fast or real/],
    [['probe', 'ws://localhost/', '--timeout', '0'], /--timeout wants a time from 1ms to 24h\n$/],
    [['probe', 'ws://localhost/', '--timeout', '25h'], /--timeout wants a time from 1ms to 24h\n$/],
    [['watch', 'ws://localhost/', '--held', '--json-path', '\u{1f4a5}'], /is no JSON path: a path begins with \$/],
    [['playground', '--host', '0.0.0.0'], /loopback addresses alone/],
    [['probe', 'ws://localhost/', '--ca', 'a.pem'], /--ca wants a wss: URL: over ws: there is no TLS\n$/],
    [['probe', 'ws://localhost/', '--follow-redirects', '--pfx', 'a.p12'], /--pfx wants a wss: URL/],
    [['probe', 'ws+unix:///tmp/a.sock:/', '-k'], /--insecure wants a wss: URL/],
    [['probe', 'ws://localhost/', '--cert-days', '5'], /--cert-days wants a wss: URL/],
    [['probe', 'ws://localhost/', '--min-tls', '1.3', '--proxy', 'http://h:1'], /--min-tls wants a wss: URL/],
    [['probe', 'ws://localhost/', '--http', 'auto'], /--http wants a wss: URL.* HTTP\/2/],
    [['probe', 'wss://localhost/', '--ping-interval', '5', '--no-ping'], /--ping-interval wants pings, and --no-ping/],
    [['probe', 'wss://localhost/', '--ping-interval', '5'], /--ping-interval wants a --hold that is longer/],
    [['connect', 'ws://localhost/', '--server-name', 'h'], /--server-name wants a wss: URL/],
    [['lab', 'idle', 'ws://localhost/', '-k'], /--insecure wants a wss: URL/],
    [['run', 'ws://localhost/', 'ws://h/', '-k'], /--insecure wants a wss: URL/],
    [['watch', 'ws://localhost/', '--count', '1', '-k'], /--insecure wants a wss: URL/],
    [['watch', 'ws://localhost/', '--held', '--send', 'x'], /--send wants probes, and --held makes none/],
    [['watch', 'ws://localhost/', '--held', '--expect-subprotocol', 'x'], /--expect-subprotocol wants probes/],
    [['tap', '--target', 'ws://localhost/', '-k'], /--insecure wants a wss: URL/],
    [['tap', '--target', 'ws://localhost/', '--no-compression'], /unknown option --no-compression/],
    [['tap', '--target', 'ws://localhost/', '--quiet', '--pretty'], /--quiet and --pretty cannot go together/],
    [['tap', '--target', 'ws://localhost/', '--remove-authority'], /--remove-authority goes alone/],
    [['show', 'a.wsrec', '--json', '--decode', 'gzip'], /--json and --decode cannot go together/],
  ];
  for (const [argv, message] of refused) {
    it(`refuses ${argv.join(' ')}`, async () => {
      const { exitCode, out, err } = await run(...argv);
      assert.match(err, message);
      assert.equal(exitCode, 2);
      assert.equal(out, '');
      assert.doesNotMatch(err, /hunter2|^\s+at /m);
    });
  }

  it('tells its help as it stands in test/golden', async () => {
    assertGolden('help', (await run('help')).out);
    for (const command of Object.keys(COMMAND_OPTIONS))
      assertGolden(`help-${command}`, (await run('help', command)).out);
  });

  it('tells every option that a command takes', async () => {
    for (const [command, groups] of Object.entries<OptionGroups>(COMMAND_OPTIONS)) {
      const { out } = await run('help', command);
      for (const name of Object.values(groups).flatMap((options) => Object.keys(options)))
        assert.match(out, new RegExp(`^  (-\\w,|   ) --${name}\\b`, 'm'));
    }
  });

  it('helps with everything and with each command', async () => {
    for (const argv of [[], ['help'], ['help', 'help'], ['--help'], ['-h']]) {
      const { exitCode, out } = await run(...argv);
      assert.equal(exitCode, 0);
      assert.match(out, /wsprobe probe <url\|file>/);
    }
    for (const command of Object.keys(COMMAND_OPTIONS)) {
      const { out } = await run('help', command);
      assert.match(out, new RegExp(`^wsprobe ${command} `));
      assert.equal((await run(command, '--help')).out, out);
    }
  });

  it('keeps its help within 80 columns', async () => {
    for (const command of [[], ...Object.keys(COMMAND_OPTIONS).map((name) => [name])]) {
      for (const line of (await run('help', ...command)).out.split('\n')) assert.ok(line.length <= 80, line);
    }
  });

  it('names the limit of the machine where it is none of ours', async () => {
    const full = Object.assign(new Error('EMFILE: too many open files, open /x'), { code: 'EMFILE' });
    const io = fakeIo();
    const onSignal = () => {
      throw full;
    };
    assert.equal(await runCli(['playground', '--port', '0'], { ...io, onSignal }), 70);
    assert.match(io.err(), /^wsprobe: too many files are open on this machine \(EMFILE\): .*ulimit -n/);
  });

  it('answers a fault of ours with one line, exit 70 and no stack', async () => {
    const io = { ...fakeIo(), onSignal: () => assert.fail('the signal house is down') };
    let err = '';
    const exitCode = await runCli(['playground', '--port', '0'], {
      ...io,
      stderr: collect(false, (text) => (err += text)),
    });
    assert.equal(exitCode, 70);
    assert.match(err, /^wsprobe: our own fault: the signal house is down\n/);
    assert.doesNotMatch(err, /^\s+at /m);
  });
});
