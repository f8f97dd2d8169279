import { deepStrictEqual, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CODE_LANGUAGES } from '../../src/host/contributions.js';
import { repositoryRoot } from '../host/paths.js';

interface Manifest {
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly {
      readonly command: string;
      readonly title: string;
      readonly category: string;
      readonly enablement?: string;
    }[];
    readonly menus: { readonly commandPalette: readonly { readonly command: string; readonly when: string }[] };
    readonly keybindings: readonly { readonly command: string; readonly key: string; readonly when: string }[];
  };
}

const read = (name: string): unknown => JSON.parse(readFileSync(join(repositoryRoot, name), 'utf8'));

describe('the command palette', () => {
  const { contributes, activationEvents } = read('package.json') as Manifest;
  const texts = read('package.nls.json') as Record<string, string>;
  const isHidden = (command: string) =>
    contributes.menus.commandPalette.some((item) => item.command === command && item.when === 'false');
  /** What it lists in a window where nothing was done yet. */
  const listed = contributes.commands
    .filter(({ command, enablement }) => !isHidden(command) && (enablement ?? '!').startsWith('!'))
    .map(({ category, title }) => `${category}: ${texts[title.slice(1, -1)] ?? title}`);

  for (const word of [
    'wsprobe',
    'websocket',
    'handshake',
    'record',
    'frames',
    'ping',
    'connect',
    'close code',
    'fix',
  ]) {
    it(`answers to ${word} before anything is open`, () => {
      ok(
        listed.some((label) => label.toLowerCase().includes(word)),
        listed.join('\n'),
      );
    });
  }

  it('has few keys, each in its own place', () => {
    ok(contributes.keybindings.length <= 5);
    for (const { command, when } of contributes.keybindings) {
      ok(
        contributes.commands.some((known) => known.command === command),
        command,
      );
      ok(/wsprobe/.test(when), `${command} when ${when}`);
    }
  });

  it('is joined by languages of code alone', () => {
    const named = activationEvents.flatMap((event) => /^onLanguage:(.+)$/.exec(event)?.[1] ?? []);
    ok(named.length > 0);
    deepStrictEqual(
      named.filter((language) => !CODE_LANGUAGES.includes(language)),
      [],
    );
    for (const everywhere of ['json', 'markdown', 'plaintext', 'yaml']) ok(!named.includes(everywhere), everywhere);
  });
});
