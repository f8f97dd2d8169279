import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import { describeSecrets } from '../../core/profile/storedSecrets.js';
import { DisposableStore } from '../disposableStore.js';
import { showError } from '../errors.js';
import type { InspectorPanels } from '../inspector/panels.js';
import { openUnsavedProfile, keepSecrets } from '../newProfile.js';
import type { Secrets } from '../secrets.js';
import { ObservedRow } from '../sessions/observedRow.js';
import { SessionHandle } from '../sessions/sessionHandle.js';
import { setContext } from '../settings.js';
import type { VirtualDocuments } from '../virtualDocuments.js';
import { type Attached, Attachments, type AttachmentsParts } from './attachments.js';
import { targetOf } from './debuggerAddress.js';
import type { DebugSessions } from './debugSessions.js';

export interface AttachParts extends AttachmentsParts {
  readonly debugging: DebugSessions;
  readonly panels: InspectorPanels;
  readonly documents: VirtualDocuments;
  readonly secrets: Secrets;
}

const USUAL_ADDRESS = 'http://127.0.0.1:9222';

/** The commands about sockets of other programs. */
export class AttachCommands implements vscode.Disposable {
  readonly #parts: AttachParts;
  readonly #attachments: Attachments;
  readonly #store = new DisposableStore();
  /** What follows the debugger; one at a time. */
  #debugged: Attached | null = null;

  constructor(parts: AttachParts) {
    this.#parts = parts;
    this.#attachments = this.#store.add(new Attachments(parts));
    this.#store.add(parts.debugging.onDidStart((session) => void this.#follow(session)));
    this.#store.add(parts.debugging.onDidEndAll(() => void this.#debuggingEnded()));
  }

  /** "Watch the App Being Debugged"; with an address it attaches there and asks nothing. */
  async start(argument: unknown, options: unknown): Promise<{ readonly sessionId: string } | undefined> {
    const hook = (Object(options) as { readonly hook?: unknown }).hook;
    if (typeof argument === 'string') return this.#attach(argument, argument, hook === true);
    const { debugging } = this.#parts;
    if (debugging.all.length === 0)
      throw new ProbeError('attach.no-debugging', vscode.l10n.t('No JavaScript is being debugged.'), {
        hint: vscode.l10n.t('Start debugging a page or Node first, or take "WebSocket: Attach to Browser…".'),
      });
    if (this.#debugged) {
      this.#show(this.#debugged);
      return { sessionId: this.#debugged.session.id };
    }
    const allowed = typeof hook === 'boolean' ? hook : await mayHook();
    if (allowed === undefined) return undefined;
    const name = vscode.l10n.t('Debugged app');
    const attached = await this.#attachments.start({ name, url: '', address: null, hook: allowed });
    this.#debugged = attached;
    this.#begun(attached);
    const clear = () => {
      if (this.#debugged === attached) this.#debugged = null;
    };
    attached.job.done.then(clear, clear);
    await Promise.all(debugging.all.map((session) => this.#follow(session)));
    return { sessionId: attached.session.id };
  }

  /** "Attach to Browser…": asks where, and whether to one tab or to all. */
  async browser(argument: unknown): Promise<{ readonly sessionId: string } | undefined> {
    const address = typeof argument === 'string' ? argument : await askAddress();
    if (address === undefined) return undefined;
    const { engine } = this.#parts;
    const targets = await engine.start('attach.targets', { address }).done;
    const all = { label: vscode.l10n.t('Everything, what is opened later too'), address, name: address };
    const items = targets.map(({ title, url, type, address }) => ({
      label: title || url || type,
      description: type,
      detail: url.replace(/[?#].*$/s, ''),
      address,
      name: title || url || type,
    }));
    const title = vscode.l10n.t('Watch the sockets of what?');
    const chosen = items.length === 0 ? all : await vscode.window.showQuickPick([all, ...items], { title });
    const hook = chosen && (await mayHook());
    return chosen && hook !== undefined ? this.#attach(chosen.address, chosen.name, hook) : undefined;
  }

  /** Lets go of what a row, an id or a person names. */
  async stop(argument: unknown): Promise<void> {
    const attached = argument === undefined ? await this.#choose() : this.#given(argument);
    if (attached) await this.#attachments.stop(attached);
    this.#tell();
  }

  async reload(argument: unknown): Promise<void> {
    const { session, connection } = rowOf(argument);
    const reloaded = await this.#attachments.of(session).job.act('reload', connection.connection);
    if (!reloaded) void vscode.window.showInformationMessage(vscode.l10n.t('This socket is of no page that is open.'));
  }

  /** "Probe This": a profile that makes the same handshake, credentials kept as secrets. */
  async probe(argument: unknown): Promise<vscode.Uri> {
    const { session, connection } = this.#rowOf(argument);
    const { secrets } = this.#parts;
    const stored = describeSecrets(await secrets.resolve(secrets.names()));
    const { connection: number } = connection;
    const made = session.snapshot.observed?.tap
      ? await this.#parts.sessions.request(session, 'tapProfile', { connection: number, stored })
      : await this.#attachments.of(session).job.act('profile', number, stored);
    await keepSecrets(secrets, made);
    return openUnsavedProfile(connection.url, made.text);
  }

  /** "Why Does It Fail Only in the Browser?": its handshake beside one of ours. */
  async explain(argument: unknown): Promise<void> {
    const { session, connection } = rowOf(argument);
    const text = await this.#attachments.of(session).job.act('explain', connection.connection);
    const uri = this.#parts.documents.add(`${connection.name.replaceAll('/', ' ').trim() || 'socket'}.md`, text);
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #attach(address: string, name: string, hook: boolean): Promise<{ readonly sessionId: string }> {
    const url = /^wss?:/i.test(address) ? address.replace(/^(wss?:\/\/[^/?#]*).*$/is, '$1') : address;
    const attached = await this.#attachments.start({ name, url, address, hook });
    this.#begun(attached);
    return { sessionId: attached.session.id };
  }

  #begun(attached: Attached): void {
    this.#tell();
    attached.job.done.then(
      () => this.#tell(),
      () => this.#tell(),
    );
    this.#show(attached);
  }

  #show({ session }: Attached): void {
    this.#parts.panels.open(this.#parts.sessions.subjectOf(session), { preserveFocus: true });
  }

  #tell(): void {
    setImmediate(() => void setContext('attached', this.#attachments.all.length > 0));
  }

  async #follow(session: vscode.DebugSession): Promise<void> {
    const attached = this.#debugged;
    if (!attached) return;
    const target = await targetOf(session);
    if (target && this.#debugged === attached)
      await attached.job.act('add', target).catch((error: unknown) => showError(error, this.#parts.log));
  }

  async #debuggingEnded(): Promise<void> {
    const attached = this.#debugged;
    if (attached) await this.#attachments.stop(attached).catch(() => undefined);
  }

  /** By code: `{ sessionId, connection }`. */
  #rowOf(argument: unknown): ObservedRow {
    const { connection, sessionId } = Object(argument) as { connection?: unknown; sessionId?: unknown };
    if (argument instanceof ObservedRow || typeof sessionId !== 'string') return rowOf(argument);
    const session = this.#parts.sessions.find(sessionId);
    const told = session.snapshot.observed?.listed.find((each) => each.connection === connection);
    return rowOf(told && new ObservedRow(session, told));
  }

  #given(argument: unknown): Attached {
    if (argument instanceof SessionHandle) return this.#attachments.of(argument);
    const id = typeof argument === 'string' ? argument : (Object(argument) as { sessionId?: unknown }).sessionId;
    return this.#attachments.of(this.#parts.sessions.find(String(id)));
  }

  async #choose(): Promise<Attached | undefined> {
    const { all } = this.#attachments;
    if (all.length <= 1) return all[0];
    const items = all.map((attached) => ({ label: attached.session.snapshot.name, attached }));
    return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Detach from which?') }))?.attached;
  }
}

function rowOf(argument: unknown): ObservedRow {
  if (argument instanceof ObservedRow) return argument;
  throw new ProbeError('attach.row', vscode.l10n.t('This is about a socket in the tree of sessions.'));
}

async function askAddress(): Promise<string | undefined> {
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('Address of DevTools'),
    prompt: vscode.l10n.t('Of a browser started with --remote-debugging-port=9222, or of Node with --inspect'),
    value: USUAL_ADDRESS,
    ignoreFocusOut: true,
  });
  return typed?.trim() || undefined;
}

/** Undefined when the person turned away. */
async function mayHook(): Promise<boolean | undefined> {
  const wrap = vscode.l10n.t('Wrap WebSocket');
  const without = vscode.l10n.t('Watch Without');
  const detail = vscode.l10n.t(
    'The browser does not tell close codes, and Node tells no messages. wsprobe can put a wrapper around WebSocket into the running program that tells them. It sends nothing, changes nothing that is said, and is taken away when you stop.',
  );
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('Let wsprobe see close codes and the messages of Node?'),
    { modal: true, detail },
    wrap,
    without,
  );
  return chosen === undefined ? undefined : chosen === wrap;
}
