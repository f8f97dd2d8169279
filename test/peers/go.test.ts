import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Case, describePeer, probeCases } from './support/cases.js';
import { ECHO } from './support/plans.js';

const EVIL = { origin: 'http://evil.example' };

const stripped = (library: string, path: string): Case => ({
  name: `${library}: the headers of the upgrade are gone`,
  url: `ws://{go}/stripped/${path}`,
  phase: 'upgrade',
  findings: ['upgrade.headers-stripped @ proxy'],
  shows: ['Recognised by', library],
});

const CASES: readonly Case[] = [
  { name: 'gorilla/websocket: echo', url: 'ws://{go}/gorilla', plan: ECHO, findings: [] },
  {
    name: 'gorilla/websocket: a foreign origin',
    url: 'ws://{go}/gorilla',
    plan: EVIL,
    phase: 'upgrade',
    findings: ['upgrade.origin-refused @ application'],
    shows: ['gorilla/websocket (Go) refused the Origin http://evil.example', 'CheckOrigin'],
  },
  stripped('gorilla/websocket', 'gorilla'),
  {
    name: 'coder/websocket: a foreign origin',
    url: 'ws://{go}/coder',
    plan: EVIL,
    phase: 'upgrade',
    findings: ['upgrade.origin-refused @ application'],
    shows: ['the Host that it saw is 127.0.0.1', 'OriginPatterns'],
  },
  stripped('coder/websocket', 'coder'),
  {
    name: 'net/http: a path without a handler',
    url: 'ws://{go}/nope',
    phase: 'upgrade',
    findings: ['upgrade.not-found @ application'],
    shows: ['net/http of Go', '/nope'],
  },
];

describePeer(
  'gorilla/websocket and coder/websocket',
  () => ({
    software: 'go',
    ports: ['go'],
    configs: ['go_servers.go'],
    // Debian's libraries are found in its GOPATH; compiled before, so that it starts at once.
    prepare: (folder) => {
      mkdirSync(join(folder, 'go'));
      writeFileSync(join(folder, 'go', 'env'), 'GO111MODULE=off\nGOPATH=/usr/share/gocode\nGOFLAGS=\n');
      const env = { PATH: process.env['PATH'], HOME: folder, XDG_CONFIG_HOME: folder };
      execFileSync('go', ['build', '-o', '/dev/null', 'go_servers.go'], { cwd: folder, env, stdio: 'pipe' });
    },
    args: (fill) => ['run', 'go_servers.go', fill('{{go}}')],
  }),
  'go',
  (scene) => probeCases(scene, CASES),
);
