import { posix } from 'node:path';
import type * as vscode from 'vscode';
import { InspectorPanel, type PanelParts } from '../inspector/panel.js';
import { messageOf } from '../errorText.js';
import { ProbeTarget } from '../target/probeTarget.js';
import { localPath } from './places.js';

interface RecordingDocument extends vscode.CustomDocument {
  readonly subject: ProbeTarget;
}

/** Opens `.wsrec` files in the inspector: the same log, read-only. One log a file, however many editors show it. */
export class RecordingEditor implements vscode.CustomReadonlyEditorProvider<RecordingDocument> {
  readonly #parts: PanelParts;

  constructor(parts: PanelParts) {
    this.#parts = parts;
  }

  async openCustomDocument(uri: vscode.Uri): Promise<RecordingDocument> {
    const { sessions, probes } = this.#parts;
    const subject = new ProbeTarget({ kind: 'file', uri }, { readOnly: true });
    const name = posix.basename(uri.path);
    probes.restore(subject, { name, url: '' }, null);
    try {
      const { snapshot } = await sessions.openRecording(subject, localPath(uri));
      subject.describe({ name, url: snapshot.url });
    } catch (error) {
      // The editor says what is wrong with the file, in the place where its log would be.
      probes.settleFault(subject, messageOf(error));
    }
    return {
      uri,
      subject,
      dispose: () => {
        if (subject.session.handle) void sessions.forget(subject.session.handle);
      },
    };
  }

  resolveCustomEditor({ subject }: RecordingDocument, webviewPanel: vscode.WebviewPanel): void {
    const panel = new InspectorPanel(webviewPanel, subject, this.#parts);
    webviewPanel.onDidDispose(() => panel.release());
  }
}
