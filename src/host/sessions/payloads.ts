import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import { logLine } from '../../core/text/logText.js';
import { payloadText } from '../../core/text/payloadText.js';
import type { LogMode } from '../../protocol/session.js';
import type { VirtualDocuments } from '../virtualDocuments.js';
import type { SessionHandle } from './sessionHandle.js';
import { safeFileName } from './places.js';
import type { Sessions } from './sessions.js';
import { writePrivateFile } from '../privateFile.js';

const PAGE_BYTES = 4 * 1024 * 1024;
/** What an editor is given; VS Code opens no more than 50 MB as text. */
const MAX_SHOWN_BYTES = 8 * 1024 * 1024;
const MAX_SAVED_BYTES = 512 * 1024 * 1024;
const MAX_LOG_ROWS = 100_000;
const PAGE_ROWS = 2000;

interface Payload {
  readonly bytes: Uint8Array;
  readonly totalBytes: number;
  readonly binary: boolean;
}

/** Payloads and logs as documents of the editor. */
export class Payloads {
  readonly #sessions: Sessions;
  readonly #documents: VirtualDocuments;

  constructor(sessions: Sessions, documents: VirtualDocuments) {
    this.#sessions = sessions;
    this.#documents = documents;
  }

  async open(session: SessionHandle, id: number, mode: LogMode): Promise<vscode.Uri> {
    const uri = await this.#document(session, id, mode);
    await vscode.window.showTextDocument(uri, { preview: true });
    return uri;
  }

  async compare(session: SessionHandle, [one, other]: readonly [number, number], mode: LogMode): Promise<void> {
    const left = await this.#document(session, one, mode);
    const right = await this.#document(session, other, mode);
    await vscode.commands.executeCommand('vscode.diff', left, right, `#${one} ↔ #${other} · ${session.snapshot.name}`);
  }

  /** Asks where to; resolves to it, or undefined when the person turned away. */
  async save(session: SessionHandle, id: number, mode: LogMode): Promise<vscode.Uri | undefined> {
    const first = await this.#read(session, id, mode, 1);
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const name = `${safeFileName(session.snapshot.name, 'payload')}-${id}.${first.binary ? 'bin' : 'txt'}`;
    const uri = await vscode.window.showSaveDialog({
      title: vscode.l10n.t('Save the payload of #{0}', id),
      ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
    });
    if (!uri) return undefined;
    const { bytes, totalBytes } = await this.#read(session, id, mode, MAX_SAVED_BYTES);
    if (bytes.length < totalBytes) {
      throw new ProbeError('payload.too-big', vscode.l10n.t('Payloads above 512 MiB cannot be saved.'));
    }
    await writePrivateFile(uri, bytes);
    return uri;
  }

  /** The rows of a view as lines of text, the first 100,000 of them. */
  async openLog({ snapshot }: SessionHandle, viewId: number): Promise<vscode.Uri> {
    const lines = [`${snapshot.name}  ${snapshot.url}  ${snapshot.startedAt}`];
    let from = 0;
    let total = 0;
    do {
      const count = Math.min(PAGE_ROWS, MAX_LOG_ROWS - from);
      // A page after the other: the log of a live session grows meanwhile.
      const page = await this.#sessions.requestView('viewRows', { viewId, from, count, paths: [] });
      total = page.total;
      if (page.rows.length === 0) break;
      for (const row of page.rows) lines.push(logLine(row));
      from += page.rows.length;
    } while (from < Math.min(total, MAX_LOG_ROWS));
    if (from < total)
      lines.push('', vscode.l10n.t('Cut here: the log has {0} rows, the first {1} are shown.', total, from));
    const uri = this.#documents.add(`${snapshot.name}.log.txt`, `${lines.join('\n')}\n`);
    await vscode.window.showTextDocument(uri, { preview: true });
    return uri;
  }

  async #document(session: SessionHandle, id: number, mode: LogMode): Promise<vscode.Uri> {
    const { bytes, totalBytes, binary } = await this.#read(session, id, mode, MAX_SHOWN_BYTES);
    const { extension, text } = payloadText(bytes, binary, totalBytes - bytes.length);
    return this.#documents.add(`${safeFileName(session.snapshot.name, 'payload')} #${id}.${extension}`, text);
  }

  async #read(session: SessionHandle, id: number, mode: LogMode, max: number): Promise<Payload> {
    const pages: Uint8Array[] = [];
    let offset = 0;
    for (;;) {
      const length = Math.min(PAGE_BYTES, max - offset);
      const page = await this.#sessions.request(session, 'viewPayload', { id, mode, offset, length });
      if (!page.available) throw goneError(id);
      pages.push(page.bytes);
      offset += page.bytes.length;
      const { totalBytes, binary } = page;
      if (page.bytes.length === 0 || offset >= Math.min(totalBytes, max)) {
        return { bytes: pages.length === 1 ? page.bytes : Buffer.concat(pages), totalBytes, binary };
      }
    }
  }
}

function goneError(id: number): ProbeError {
  return new ProbeError('payload.gone', vscode.l10n.t('The payload of #{0} is no longer kept.', id), {
    hint: vscode.l10n.t('The settings "wsprobe.session.memoryMB" and "wsprobe.session.diskMB" say how much is.'),
  });
}
