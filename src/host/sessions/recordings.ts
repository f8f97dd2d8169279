import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import type { SessionHandle } from './sessionHandle.js';
import { defaultFolder, localPath, timedFileName } from './places.js';
import type { Sessions } from './sessions.js';

export type ExportFormat = 'wsrec' | 'har' | 'jsonl';

const FORMATS: readonly ExportFormat[] = ['wsrec', 'har', 'jsonl'];

/** Recording and exporting what went over a connection. */
export class Recordings {
  readonly #sessions: Sessions;
  readonly #storage: vscode.Uri;

  /** `storage`: where files go when no folder is open. */
  constructor(sessions: Sessions, storage: vscode.Uri) {
    this.#sessions = sessions;
    this.#storage = storage;
  }

  /** Starts a recording, asking where to, or stops the one under way. */
  async record(session: SessionHandle, on: boolean): Promise<void> {
    if (!on) {
      await this.#sessions.request(session, 'sessionRecord', { path: null });
      return;
    }
    const uri = await this.#ask(session, 'wsrec', vscode.l10n.t('Record the session to'));
    // The dialog has asked whether a file that is there may go.
    if (uri) await this.#sessions.request(session, 'sessionRecord', { path: localPath(uri), existing: 'replace' });
  }

  /** Asks where to; undefined when the person turned away. */
  async askAndExport(session: SessionHandle, format?: ExportFormat): Promise<ExportedLog | undefined> {
    const chosen = format ?? (await askFormat());
    const uri = chosen && (await this.#ask(session, chosen, vscode.l10n.t('Export the log to')));
    return uri && this.export(session, localPath(uri));
  }

  /** The ending of the path decides the format; without a path a `.wsrec` file is written where recordings go. */
  async export(session: SessionHandle, path: string | undefined): Promise<ExportedLog> {
    const name = path ?? (await this.#defaultFile(session, 'wsrec')).fsPath;
    const format = FORMATS.find((one) => name.toLowerCase().endsWith(`.${one}`));
    if (!format || !isAbsolute(name)) {
      throw new ProbeError('export.path', vscode.l10n.t('This is no place for an export.'), {
        hint: vscode.l10n.t('Give a whole path that ends in .wsrec, .har or .jsonl.'),
      });
    }
    const { frames } = await this.#sessions.request(session, 'sessionExport', { format, path: name });
    return { path: name, frames };
  }

  async #ask({ snapshot }: SessionHandle, format: ExportFormat, title: string): Promise<vscode.Uri | undefined> {
    const folder = await defaultFolder(this.#storage);
    return vscode.window.showSaveDialog({
      title,
      defaultUri: vscode.Uri.joinPath(folder, timedFileName(snapshot.name, format)),
      filters: { [formatName(format)]: [format] },
    });
  }

  async #defaultFile({ snapshot }: SessionHandle, format: ExportFormat): Promise<vscode.Uri> {
    return vscode.Uri.joinPath(await defaultFolder(this.#storage), timedFileName(snapshot.name, format));
  }
}

export interface ExportedLog {
  readonly path: string;
  readonly frames: number;
}

async function askFormat(): Promise<ExportFormat | undefined> {
  const items = FORMATS.map((format) => ({ label: formatName(format), description: `.${format}`, format }));
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Export the log as') }))?.format;
}

function formatName(format: ExportFormat): string {
  switch (format) {
    case 'wsrec':
      return vscode.l10n.t('WebSocket recording');
    case 'har':
      return vscode.l10n.t('HTTP archive');
    case 'jsonl':
      return vscode.l10n.t('JSON lines');
  }
}
