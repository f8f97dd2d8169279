import * as vscode from 'vscode';
import { ProbeError } from '../core/base/errors.js';
import type { EngineClient, Job } from '../engine/client.js';
import type { JobKinds } from '../protocol/jobs.js';
import type { CommandId } from './contributions.js';
import type { Log } from './log.js';
import { setContext, setting } from './settings.js';

type PlaygroundInfo = JobKinds['playground']['event'];

/** The one playground of this window, from its start on. */
interface Started {
  readonly job: Job<'playground'>;
  /** Rejects when it ends before it listens. */
  readonly info: Promise<PlaygroundInfo>;
}

export interface RunningPlayground extends PlaygroundInfo {
  /** File with the PEM of the playground's authority: the value for `tls.ca` of a profile. */
  readonly caFile: string;
}

/** The local server of the engine, started and stopped by commands. */
export class PlaygroundControl implements vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #storage: vscode.Uri;
  readonly #log: Log;
  readonly #forgetCrash: () => void;
  #started: Started | null = null;
  #running: RunningPlayground | null = null;

  constructor(engine: EngineClient, globalStorage: vscode.Uri, log: Log) {
    this.#engine = engine;
    this.#storage = globalStorage;
    this.#log = log;
    this.#forgetCrash = engine.onDidCrash(() => {
      if (!this.#running) return;
      void this.#note(null);
      void vscode.window.showWarningMessage(vscode.l10n.t('The playground stopped together with the engine.'));
    });
  }

  /** `quiet`: started by code, which gets the addresses as the result. */
  async start(options: unknown): Promise<RunningPlayground> {
    const port = readPort(options);
    this.#started ??= this.#begin(port ?? setting('playground.port'));
    const info = await this.#started.info;
    const running = { ...info, caFile: await this.#writeAuthority(info.caPem) };
    await this.#note(running);
    this.#log.info(`Playground: ${info.http} (${info.ws}, ${info.wss}); its certificate authority: ${running.caFile}`);
    if (port === null) this.#announce(running);
    return running;
  }

  /** True when one was running. */
  async stop(): Promise<boolean> {
    if (!this.#started) return false;
    const wasRunning = this.#running !== null;
    await this.#started.job.act('stop');
    await this.#note(null);
    if (wasRunning) this.#log.info('Playground: stopped');
    return wasRunning;
  }

  dispose(): void {
    this.#forgetCrash();
  }

  #begin(port: number): Started {
    let listens = (_info: PlaygroundInfo): void => undefined;
    const job = this.#engine.start('playground', { port }, { onEvent: (info) => listens(info) });
    const info = new Promise<PlaygroundInfo>((resolve, reject) => {
      listens = resolve;
      job.done.then(() => reject(stoppedError()), reject);
    });
    const started = { job, info };
    const forget = () => {
      if (this.#started === started) this.#started = null;
    };
    job.done.then(forget, forget);
    return started;
  }

  async #note(running: RunningPlayground | null): Promise<void> {
    this.#running = running;
    await setContext('playgroundRunning', running !== null);
  }

  async #writeAuthority(pem: string): Promise<string> {
    const file = vscode.Uri.joinPath(this.#storage, 'playground-ca.pem');
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(pem));
    return file.fsPath;
  }

  #announce(running: RunningPlayground): void {
    const { http, ws, portTaken } = running;
    const text = portTaken
      ? vscode.l10n.t('The playground runs at {0}: its usual port is in use.', http)
      : vscode.l10n.t('The playground runs at {0}.', http);
    const echo = vscode.l10n.t('Probe Echo');
    const copy = vscode.l10n.t('Copy URL');
    const open = vscode.l10n.t('Open List');
    void vscode.window.showInformationMessage(text, echo, copy, open).then(async (chosen) => {
      const url = `${ws.replace(/\/$/, '')}/echo`;
      if (chosen === echo) await vscode.commands.executeCommand('wsprobe.probe' satisfies CommandId, url);
      if (chosen === copy) await vscode.env.clipboard.writeText(url);
      if (chosen === open) await vscode.env.openExternal(vscode.Uri.parse(http));
    });
  }
}

function stoppedError(): ProbeError {
  return new ProbeError('playground.stopped', vscode.l10n.t('The playground was stopped before it had started.'));
}

function readPort(options: unknown): number | null {
  if (options === undefined) return null;
  const port = typeof options === 'object' && options !== null ? (options as { port?: unknown }).port : options;
  if (port === undefined) return setting('playground.port');
  if (typeof port === 'number' && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new ProbeError('port.invalid', vscode.l10n.t('A port is a whole number from 0 to 65535.'));
}
