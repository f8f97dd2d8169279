import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { runProbe } from '../../src/core/probe/runProbe.js';
import { type BuiltCli, buildCli } from '../unit/cli/builtCli.js';
import { describePeer, planOf, programFor, runRow, type Scene } from './support/cases.js';
import { type Peer, startPeer } from './support/peer.js';
import { pickPorts, untilListening } from './support/ports.js';
import { ECHO, through } from './support/plans.js';
import { squidSpec } from './support/specs.js';

const PASSWORD = 'letmein';

/** What a fix that begins so says to type. */
function snippetOf(report: Awaited<ReturnType<typeof runProbe>>, title: RegExp): readonly string[] {
  const fix = report.findings.flatMap(({ fixes }) => fixes).find((each) => title.test(each.title));
  assert.ok(fix, JSON.stringify(report.findings));
  // What is installed is so by software.json.
  return fix.snippet.split('\n').filter((line) => !line.startsWith('sudo apt-get install '));
}

describePeer('A proxy that wants NTLM', squidSpec, 'squid', (scene) => {
  if (programFor('cntlm') === null) return;
  let signingIn: ChildProcess | null = null;
  after(() => {
    if (signingIn?.pid !== undefined) process.kill(-signingIn.pid, 'SIGKILL');
  });

  it('is passed by the way round that its finding gives', async () => {
    const [port = 0] = await pickPorts(1);
    const row = { url: 'ws://{echo}/', plan: through('http', 'ntlm') } as const;
    const refused = await runProbe(planOf(scene(), row));
    const [command = ''] = snippetOf(refused, /Cntlm/);
    assert.match(command, /^cntlm .* -l 3129 127\.0\.0\.1:\d+$/);
    const change = refused.findings[0]?.fixes.find(({ title }) => title.startsWith('Then go through it'));
    assert.deepEqual(JSON.parse(change?.snippet ?? ''), { proxy: 'http://127.0.0.1:3129' });
    // It asks for the password at a terminal.
    signingIn = spawn('script', ['-qec', command.replace('-l 3129', `-l ${port}`), '/dev/null'], {
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    signingIn.stdout?.once('data', () => signingIn?.stdin?.write(`${PASSWORD}\n`));
    await untilListening(port, 10_000);
    const plan = through('http', 'ntlm', ECHO);
    await runRow(scene(), {
      url: row.url,
      plan: (at) => plan({ ...at, peer: { ...at.peer, ports: { ntlm: port } } }),
      findings: [],
    });
  });
});

describePeer(
  'A server that wants a ticket of Kerberos',
  () => ({
    software: 'kdc',
    ports: ['kdc'],
    configs: ['krb5.conf', 'kdc.conf'],
    env: { KRB5_CONFIG: '{{folder}}/krb5.conf', KRB5_KDC_PROFILE: '{{folder}}/kdc.conf' },
    prepare: (folder) => {
      const env = { ...process.env, ...realmOf(folder), KRB5_KDC_PROFILE: join(folder, 'kdc.conf') };
      const run = (program: string, ...args: readonly string[]) =>
        execFileSync(program, args, { env, stdio: 'ignore' });
      run('/usr/sbin/kdb5_util', 'create', '-s', '-P', 'master', '-r', 'EXAMPLE.COM');
      run('/usr/sbin/kadmin.local', 'addprinc', '-pw', PASSWORD, 'name@EXAMPLE.COM');
      run('/usr/sbin/kadmin.local', 'addprinc', '-randkey', 'HTTP/localhost');
      run('/usr/sbin/kadmin.local', 'ktadd', '-k', join(folder, 'http.keytab'), 'HTTP/localhost');
      // The server behind does not run as root.
      chmodSync(join(folder, 'http.keytab'), 0o644);
    },
    args: () => ['-n'],
  }),
  'kdc',
  (scene) => {
    if (programFor('apache') === null) return;
    let apache: Peer | null = null;
    let cli: BuiltCli | null = null;
    before(async function () {
      this.timeout(60_000);
      cli = await buildCli();
      apache = await startPeer(signedIn(scene()));
    });
    after(async () => {
      await apache?.stop();
      await cli?.remove();
    });

    it('is passed by the way round that its finding gives', async () => {
      const { folder } = scene().peer;
      const url = `ws://localhost:${apache!.ports['signedIn']}/`;
      const commands = snippetOf(await runProbe(planOf(scene(), { url })), /Kerberos ticket/);
      assert.match(commands[0] ?? '', /^kinit name@EXAMPLE\.COM$/);
      writeFileSync(join(folder, 'wsprobe'), `#!/bin/sh\nexec ${process.execPath} ${cli!.path} "$@"\n`, {
        mode: 0o755,
      });
      const env = {
        ...process.env,
        ...realmOf(folder),
        KRB5CCNAME: `FILE:${join(folder, 'tickets')}`,
        PATH: `${folder}:${process.env['PATH'] ?? ''}`,
      };
      const shell = spawn('sh', ['-ec', commands.join('\n')], { env, stdio: ['pipe', 'pipe', 'inherit'] });
      shell.stdin.end(`${PASSWORD}\n`);
      assert.match(await text(shell.stdout), /✔ healthy/);
    });
  },
);

function realmOf(folder: string): Readonly<Record<string, string>> {
  return { KRB5_CONFIG: join(folder, 'krb5.conf') };
}

function signedIn({ backends, peer }: Scene): Parameters<typeof startPeer>[0] {
  const root = process.getuid?.() === 0;
  return {
    software: 'apache',
    ports: ['signedIn'],
    configs: ['gssapi.conf'],
    values: {
      ...backends.ports,
      realm: peer.folder,
      modules: '/usr/lib/apache2/modules',
      user: root ? 'www-data' : `#${process.getuid?.() ?? 0}`,
      group: root ? 'www-data' : `#${process.getgid?.() ?? 0}`,
    },
    env: realmOf(peer.folder),
    args: (fill) => ['-f', fill('{{folder}}/gssapi.conf'), '-DFOREGROUND'],
  };
}
