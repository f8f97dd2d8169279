import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Experiment } from '../../src/core/base/experiment.js';
import type { Comparison } from '../../src/core/compare/model.js';
import type { WatchSummary } from '../../src/host/watch/watched.js';
import {
  activated,
  folderUri,
  rejection,
  startPlayground,
  type StartedPlayground,
  until,
  writeProfile,
} from './support/extension.js';

/** A port on which nobody listens. */
const NOBODY = 'ws://127.0.0.1:1/';

describe('watching', () => {
  let playground: StartedPlayground;
  let notices: Notices;

  before(async () => {
    await activated();
    playground = await startPlayground();
  });

  beforeEach(() => {
    notices = new Notices();
  });

  afterEach(() => notices.restore());

  after(() => vscode.commands.executeCommand('wsprobe.playground.stop'));

  it('tells that a target is down and what to do first, and gives what was seen when it is stopped', async () => {
    notices.answers = ['Copy Fix'];
    const { watchId } = await start({ url: NOBODY, watch: { everyMs: 20 } });
    const down = await notices.find((text) => /down/.test(text));
    deepStrictEqual(down.buttons, ['Open']);
    const alert = await notices.find((text) => /alert/.test(text));
    deepStrictEqual(alert.buttons, ['Copy Fix', 'Open']);
    match(alert.text, /in a row/);
    const { alerts, availability, looks, verdict } = await stop(watchId);
    ok(looks >= 2 && verdict === 'down' && availability === 0, `${looks} ${verdict} ${availability}`);
    const fix = alerts.find(({ rule }) => rule.includes('fail'))?.fix.snippet ?? alerts[0]?.fix.snippet;
    strictEqual(await vscode.env.clipboard.readText(), fix);
  });

  it('gives the watch that a target has, and none of what is not watched', async () => {
    const first = await start(`${playground.ws}/echo`);
    deepStrictEqual(await start(`${playground.ws}/echo`), first);
    strictEqual((await stop(`${playground.ws}/echo`)).target, `${playground.ws}/echo`);
    strictEqual(await stop(`${playground.ws}/echo`), undefined);
  });

  it('of a profile begins and ends at its lens', async () => {
    const uri = await writeProfile('watch.wsprobe', { url: `${playground.ws}/echo`, watch: { everyMs: 60_000 } });
    await vscode.window.showTextDocument(uri);
    await vscode.commands.executeCommand(await lens(uri, '▶ Watch'), uri);
    await vscode.commands.executeCommand(await lens(uri, '■ Stop watching'), uri);
    await lens(uri, '▶ Watch');
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(folderUri(), 'watch.wsprobe'));
  });

  it('is kept in the history, and compared with how it was when it was last healthy', async () => {
    const target = `${playground.ws}/echo?kept=${Date.now()}`;
    const compared = (subject: string) =>
      vscode.commands.executeCommand<Comparison>('wsprobe.compare', subject, { inspector: false });
    /** A probe takes as long as a look. */
    const watchOnce = async (): Promise<string> => {
      const { watchId } = await start({ url: target, watch: { everyMs: 20 } });
      await vscode.commands.executeCommand('wsprobe.probe', `${playground.ws}/echo`, { inspector: false });
      return (await stop(watchId)).verdict === null ? watchOnce() : watchId;
    };
    const first = await watchOnce();
    match((await rejection(compared(first))).message, /Nothing healthy from before/);
    const { timings } = await compared(await watchOnce());
    ok(timings.some(({ name }) => name === 'upgrade (p50)'));
  });

  it('opens a page of its own, once', async () => {
    const { watchId } = await start(`${playground.ws}/echo`);
    const pages = () =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('wsprobe.watch'));
    await vscode.commands.executeCommand('wsprobe.watch.open', watchId);
    await vscode.commands.executeCommand('wsprobe.watch.open', watchId);
    strictEqual(
      (await until([vscode.window.tabGroups.onDidChangeTabs], () => (pages().length > 0 ? pages() : undefined))).length,
      1,
    );
    await stop(watchId);
    await vscode.window.tabGroups.close(pages());
  });

  it('of a target that is none is refused', async () => {
    match((await rejection(start('http://x/'))).message, /ws/);
  });

  const start = (target: unknown) => vscode.commands.executeCommand<{ watchId: string }>('wsprobe.watch.start', target);
  const stop = (target: unknown) => vscode.commands.executeCommand<WatchSummary>('wsprobe.watch.stop', target);
});

describe('an experiment with a record', () => {
  let playground: StartedPlayground;

  before(async () => {
    await activated();
    playground = await startPlayground();
  });

  after(() => vscode.commands.executeCommand('wsprobe.playground.stop'));

  const run = (name: string, path: string, options?: unknown) =>
    vscode.commands.executeCommand<Experiment>('wsprobe.lab.run', name, `${playground.ws}/${path}`, options);

  it('is given to who calls', async () => {
    const record = await run('closes', 'echo', { connections: 2 });
    deepStrictEqual(
      [record.schema, record.experiment, record.connections.opened],
      ['wsprobe.experiment/1', 'closes', 2],
    );
  });

  it('takes what the experiment takes, and needs a yes for many connections', async () => {
    match((await rejection(run('sequence', 'numbers'))).message, /json-path/);
    match((await rejection(run('idle', 'echo', { pid: 1 }))).message, /no use/);
    match((await rejection(run('ramp', 'echo', { connections: 51 }))).message, /51 connections/);
  });
});

interface Told {
  readonly text: string;
  readonly buttons: readonly string[];
}

/** What a person is told, and what they answer in turn. */
class Notices {
  answers: readonly string[] = [];
  readonly #told: Told[] = [];
  readonly #arrived = new vscode.EventEmitter<void>();
  readonly #original = vscode.window.showWarningMessage;

  constructor() {
    const show = async (text: string, ...buttons: readonly string[]) => {
      this.#told.push({ text, buttons });
      this.#arrived.fire();
      return this.answers.find((answer) => buttons.includes(answer));
    };
    Object.assign(vscode.window, { showWarningMessage: show });
  }

  find(isWanted: (text: string) => boolean): Promise<Told> {
    return until([this.#arrived.event], () => this.#told.find(({ text }) => isWanted(text)));
  }

  restore(): void {
    Object.assign(vscode.window, { showWarningMessage: this.#original });
    this.#arrived.dispose();
  }
}

/** The command of the lens with such a title. */
async function lens(uri: vscode.Uri, title: string): Promise<string> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri);
  const found = lenses.find(({ command }) => command?.title === title)?.command?.command;
  ok(found !== undefined, `${title} is none of ${lenses.map(({ command }) => command?.title).join()}`);
  return found;
}
