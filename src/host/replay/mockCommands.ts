import { basename } from 'node:path';
import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import type { EngineClient, Job } from '../../engine/client.js';
import type { JobKinds } from '../../protocol/jobs.js';
import { refOf } from '../../protocol/prepared.js';
import { showError } from '../errors.js';
import type { Log } from '../log.js';
import type { Preparer } from '../prepare.js';
import { requireTrust } from '../refusals.js';
import { setContext } from '../settings.js';
import { parseTarget } from '../target/targets.js';
import { recordingFile, type RecordingSources } from './recordingFile.js';

export interface MockParts extends RecordingSources {
  readonly engine: Pick<EngineClient, 'start'>;
  readonly preparer: Pick<Preparer, 'prepare'>;
  readonly log: Log;
}

type MockJob = Job<'mock'> | Job<'mock.profile'>;
type MockEvent = JobKinds['mock']['event'];

interface Running {
  readonly name: string;
  readonly job: MockJob;
}

export interface StartedMock {
  readonly url: string;
}

/** The commands that start and stop mocks; what clients say that nothing is recorded for stands in the log. */
export class MockCommands {
  readonly #parts: MockParts;
  /** By their URL. */
  readonly #running = new Map<string, Running>();

  constructor(parts: MockParts) {
    this.#parts = parts;
  }

  /** "Start Mock Server…" of a recording, a session or a profile; gives where it listens. */
  async start(subject: unknown, argument: unknown): Promise<StartedMock | undefined> {
    requireTrust();
    // A menu of files gives the whole selection too.
    const options: unknown = Array.isArray(argument) ? undefined : argument;
    const port = readPort(options);
    const file = await recordingFile(subject, this.#parts, true);
    if (!file) return undefined;
    const name = basename(file.path);
    const { notes, url } = await this.#begin(file.path, name, port).finally(() => void file.dispose());
    for (const note of notes) this.#parts.log.warn(`Mock of ${name}: ${note}`);
    this.#parts.log.info(`Mock of ${name}: ${url}`);
    if (options === undefined) this.#announce(name, url);
    return { url };
  }

  /** Of the one at a URL; without one a person is asked where there are several. Whether one was stopped. */
  async stop(argument: unknown): Promise<boolean> {
    const url = argument === undefined ? await this.#choose() : argument;
    if (typeof url !== 'string') return false;
    const running = this.#running.get(url);
    if (!running) return false;
    this.#forget(url);
    await running.job.act('stop');
    return true;
  }

  async #begin(path: string, name: string, port: number): Promise<MockEvent & { readonly kind: 'listening' }> {
    let listens = (_event: MockEvent & { readonly kind: 'listening' }): void => undefined;
    const onEvent = (event: MockEvent) => {
      if (event.kind === 'listening') listens(event);
      else this.#note(name, event);
    };
    const job = await this.#job(path, port, onEvent);
    const started = new Promise<MockEvent & { readonly kind: 'listening' }>((resolve, reject) => {
      listens = resolve;
      const stopped = () =>
        reject(new ProbeError('mock.stopped', vscode.l10n.t('The mock was stopped before it had started.')));
      job.done.then(stopped, reject);
    });
    const listening = await started;
    const { url } = listening;
    this.#running.set(url, { name, job });
    const forget = () => this.#forget(url);
    job.done.then(forget, (error: unknown) => {
      forget();
      showError(error, this.#parts.log);
    });
    await setContext('mockRunning', true);
    return listening;
  }

  #forget(url: string): void {
    this.#running.delete(url);
    void setContext('mockRunning', this.#running.size > 0);
  }

  async #job(path: string, port: number, onEvent: (event: MockEvent) => void): Promise<MockJob> {
    const { engine, preparer } = this.#parts;
    if (!path.endsWith('.wsprobe')) return engine.start('mock', { file: path, port }, { onEvent });
    const plan = await preparer.prepare(parseTarget(vscode.Uri.file(path)), { ask: true });
    return engine.start('mock.profile', { plan: refOf(plan), port }, { onEvent });
  }

  #note(name: string, event: Exclude<MockEvent, { readonly kind: 'listening' }>): void {
    const { log } = this.#parts;
    if (event.kind === 'unmatched')
      log.warn(`Mock of ${name}: client ${event.client}: nothing like this is recorded: ${event.message}`);
    else if (event.kind === 'answered' && event.by === 'type')
      log.warn(`Mock of ${name}: client ${event.client}: taken for message ${event.request} by its type alone`);
    else if (event.kind === 'connected')
      log.info(`Mock of ${name}: client ${event.client}: answered as connection ${event.connection}`);
  }

  async #choose(): Promise<string | undefined> {
    const items = [...this.#running].map(([url, { name }]) => ({ label: name, description: url, url }));
    if (items.length <= 1) return items[0]?.url;
    return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Stop which mock?') }))?.url;
  }

  #announce(name: string, url: string): void {
    const copy = vscode.l10n.t('Copy URL');
    const stop = vscode.l10n.t('Stop');
    const text = vscode.l10n.t('The mock of {0} listens at {1}.', name.replaceAll('](', '] ('), url);
    void vscode.window.showInformationMessage(text, copy, stop).then(async (chosen) => {
      if (chosen === copy) await vscode.env.clipboard.writeText(url);
      if (chosen === stop) await this.stop(url);
    });
  }
}

function readPort(options: unknown): number {
  const { port = 0 } = (options ?? {}) as { readonly port?: unknown };
  if (typeof port === 'number' && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new ProbeError('port.invalid', vscode.l10n.t('A port is a whole number from 0 to 65535.'));
}
