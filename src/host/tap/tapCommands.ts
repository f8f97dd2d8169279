import * as vscode from 'vscode';
import { isLoopbackName } from '../../core/base/address.js';
import { ProbeError } from '../../core/base/errors.js';
import type { Payload } from '../../core/base/message.js';
import { outgoingOf } from '../../core/payload/outgoing.js';
import type { JobKinds } from '../../protocol/jobs.js';
import type { Breakpoint, HeldMessage, Lane, OutgoingMessage } from '../../protocol/session.js';
import { activeProfile } from '../arguments.js';
import { askTarget } from '../askTarget.js';
import type { CommandId } from '../contributions.js';
import { showError } from '../errors.js';
import type { InspectorPanels } from '../inspector/panels.js';
import type { Preparer } from '../prepare.js';
import type { ProfileIndex } from '../profileIndex.js';
import type { RecentUrls } from '../recentUrls.js';
import { requireTrust } from '../refusals.js';
import { parsePayload } from '../sessions/composition.js';
import { ObservedRow } from '../sessions/observedRow.js';
import { SessionHandle } from '../sessions/sessionHandle.js';
import { setContext } from '../settings.js';
import { parseTarget, type Target } from '../target/targets.js';
import type { VirtualDocuments } from '../virtualDocuments.js';
import { Notices } from '../watch/notices.js';
import { tellNotice } from '../watch/tellNotice.js';
import { askDirection, askFault } from './askFault.js';
import { type ConnectionOfTap, connectionsOf, laneWord, readBreakpoints, readConnection } from './tapRows.js';
import { askTapOptions, readTapOptions } from './tapOptions.js';
import { type Tap, Taps, type TapSettings, type TapsParts } from './taps.js';

export interface TapParts extends TapsParts {
  readonly preparer: Pick<Preparer, 'prepare'>;
  readonly panels: Pick<InspectorPanels, 'open' | 'isVisible'>;
  readonly documents: VirtualDocuments;
  readonly index: ProfileIndex;
  readonly recent: RecentUrls;
}

export interface StartedTap {
  readonly sessionId: string;
  /** Where clients connect to. */
  readonly url: string;
}

type Added = { readonly numbers: readonly number[]; readonly connections: number };
type Summary = JobKinds['tap']['result'];

const MAX_FAULTS_BYTES = 1024 * 1024;
/** Held messages that one line can show are edited in one. */
const MAX_LINE = 500;

/** The commands about taps. Called with arguments they ask nothing and give their result. */
export class TapCommands implements vscode.Disposable {
  readonly #parts: TapParts;
  readonly #taps: Taps;
  readonly #notices = new Notices<SessionHandle>((notice) => {
    const { log } = this.#parts;
    const { subject } = notice;
    void tellNotice(notice, { name: subject.snapshot.name, log, open: () => this.#open(subject) });
  });
  readonly #listening: vscode.Disposable;
  /** Taps that hold something. */
  readonly #holding = new WeakSet<SessionHandle>();

  constructor(parts: TapParts) {
    this.#parts = parts;
    this.#taps = new Taps(parts, (session, event) => this.#notices.note(session, event));
    this.#listening = parts.sessions.onDidChange((session) => void this.#tellOfHeld(session));
  }

  dispose(): void {
    this.#notices.dispose();
    this.#listening.dispose();
  }

  /** "Tap…": asks what is tapped and where to listen, or takes both. */
  async start(argument: unknown, options: unknown): Promise<StartedTap | undefined> {
    if (argument === undefined) {
      const target = await this.#ask();
      return target && this.#startFor(target);
    }
    const { faults, ...settings } = readTapOptions(options);
    const tap = await this.#begin(parseTarget(argument), settings, false);
    if (faults !== undefined) {
      const text = await textOfFaults(faults);
      await this.#set(tap, text).catch(async (error: unknown) => {
        await this.#taps.stop(tap);
        await this.#parts.sessions.forget(tap.session);
        throw error;
      });
    }
    return { sessionId: tap.session.id, url: tap.url };
  }

  /** From a menu or a tree. */
  async startProfile(argument: unknown): Promise<void> {
    await this.#startFor(parseTarget(argument ?? activeProfile()));
  }

  async stop(argument: unknown): Promise<Summary | undefined> {
    const tap = await this.#tapOf(argument);
    return tap && this.#taps.stop(tap);
  }

  /** A fault to one connection or to all: given, or asked for, which offers to end those that apply. */
  async fault(argument: unknown, fault: unknown): Promise<Added | boolean | undefined> {
    const tap = await this.#tapOf(argument);
    if (!tap) return undefined;
    const connection = readConnection(argument);
    const { sessions } = this.#parts;
    if (isCalled(argument)) {
      if (isFile(fault)) return (await this.#set(tap, await textOfFaults(fault))) && true;
      const text = await textOfFaults(fault);
      return sessions.request(tap.session, 'tapFaults', { text, connection });
    }
    const { faults = [] } = tap.session.snapshot.observed?.tap ?? {};
    const chosen = faults.length === 0 ? 'add' : await askWhatOf(faults);
    if (chosen === undefined) return undefined;
    if (chosen !== 'add') return sessions.request(tap.session, 'tapEndFault', { number: chosen.number });
    const asked = await askFault(connection === null);
    if (asked === undefined) return undefined;
    if (asked === 'file') return this.#setFromFile(tap);
    const added = await sessions.request(tap.session, 'tapFaults', { text: JSON.stringify([asked]), connection });
    if (added.connections === 0 && connection === null && !asked.do.refuseUpgrade)
      void vscode.window.showInformationMessage(vscode.l10n.t('No connection is open now.'));
    return added;
  }

  /** Ends a fault by its number, or all of them. */
  async endFault(argument: unknown, number: unknown): Promise<boolean> {
    const tap = await this.#tapOf(argument);
    if (!tap) return false;
    return this.#parts.sessions.request(tap.session, 'tapEndFault', {
      number: typeof number === 'number' ? number : null,
    });
  }

  /** A message of ours on a connection, as its client or as its server: `{ as, send }` by code. */
  async inject(argument: unknown, given: unknown): Promise<{ readonly bytes: number } | undefined> {
    const tap = await this.#tapOf(argument);
    if (!tap) return undefined;
    if (isCalled(argument)) {
      const { as, send } = Object(given) as { readonly as?: unknown; readonly send?: unknown };
      if (as !== 'client' && as !== 'server')
        throw new ProbeError('tap.as', vscode.l10n.t('Say as whom: { as: "client" or "server", send: a payload }.'));
      const connection = readConnection(argument) ?? connectionsOf(tap.session)[0]?.connection ?? 0;
      return this.#inject(tap, connection, as === 'client' ? 'toServer' : 'toClient', parsePayload(send));
    }
    const connection = readConnection(argument) ?? (await this.#chooseConnection(tap))?.connection;
    const lane = connection === undefined ? undefined : await askAsWhom();
    if (connection === undefined || !lane) return undefined;
    const typed = await vscode.window.showInputBox({
      title: vscode.l10n.t('Send {0} on connection {1}', laneWord(lane), connection),
      placeHolder: vscode.l10n.t('A text; the composer of the inspector has more forms'),
      ignoreFocusOut: true,
    });
    return typed === undefined ? undefined : this.#inject(tap, connection, lane, typed);
  }

  /** Which messages are held: a list by code, none for null; a person adds one, or takes one away. */
  async hold(argument: unknown, given: unknown): Promise<readonly Breakpoint[] | undefined> {
    const tap = await this.#tapOf(argument);
    if (!tap) return undefined;
    const { breakpoints = [] } = tap.session.snapshot.observed?.tap ?? {};
    const next = isCalled(argument) ? readBreakpoints(given) : await askBreakpoints(breakpoints);
    if (!next) return undefined;
    await this.#parts.sessions.request(tap.session, 'tapBreak', { breakpoints: next });
    return next;
  }

  /** Lets a held message go: as it is (`pass`), not at all (`drop`), or another in its place; `all` of them one of the first two. */
  async release(argument: unknown, held: unknown, fate: unknown): Promise<void> {
    const tap = await this.#tapOf(argument);
    if (!tap) return;
    if (isCalled(argument)) {
      const number = typeof held === 'number' ? held : 0;
      const isWord = fate === 'pass' || fate === 'drop';
      if (held === 'all' && isWord) {
        await this.#parts.sessions.request(tap.session, 'tapReleaseAll', { fate });
        return;
      }
      await this.#release(tap, number, isWord ? fate : outgoingOf(parsePayload(fate)));
      return;
    }
    const { listed = [] } = tap.session.snapshot.observed?.tap?.held ?? {};
    const message = await chooseHeld(listed);
    if (message === 'all') {
      await this.#parts.sessions.request(tap.session, 'tapReleaseAll', { fate: 'pass' });
      return;
    }
    const chosen = message && (await askFate(message));
    if (!message || !chosen) return;
    if (chosen !== 'edit') await this.#release(tap, message.held, chosen);
    else await this.#edit(tap, message.held);
  }

  async copyAddress(argument: unknown): Promise<void> {
    const tap = await this.#tapOf(argument);
    if (tap) await vscode.env.clipboard.writeText(tap.url);
  }

  /** The authority of this machine can sign for no tap any more. */
  async forgetAuthority(): Promise<boolean> {
    const was = await this.#parts.engine.start('tap.forgetAuthority', null).done;
    const text = was
      ? vscode.l10n.t('The authority is forgotten; take its certificate out of what trusts it, too.')
      : vscode.l10n.t('This machine has no authority for taps.');
    void vscode.window.showInformationMessage(text);
    return was;
  }

  /** A client waits for the person, who may look elsewhere. Told once, until nothing is held any more. */
  async #tellOfHeld(session: SessionHandle): Promise<void> {
    const [first] = session.snapshot.observed?.tap?.held.listed ?? [];
    if (!first || !session.isLive) this.#holding.delete(session);
    if (!first || !session.isLive || this.#holding.has(session)) return;
    this.#holding.add(session);
    const { panels, sessions } = this.#parts;
    const subject = sessions.subjectOf(session);
    if (panels.isVisible(subject)) return;
    const show = vscode.l10n.t('Show');
    const text = vscode.l10n.t('{0} holds a message until you let it go.', session.snapshot.name);
    const chosen = await vscode.window.showInformationMessage(text.replaceAll('](', '] ('), show);
    if (chosen === show) this.#open(session);
  }

  #inject(tap: Tap, connection: number, lane: Lane, send: Payload): Promise<{ readonly bytes: number }> {
    const message = outgoingOf(send);
    return this.#parts.sessions.request(tap.session, 'tapInject', { connection, lane, message });
  }

  #release({ session }: Tap, held: number, fate: 'pass' | 'drop' | OutgoingMessage): Promise<null> {
    return this.#parts.sessions.request(session, 'tapRelease', { held, fate });
  }

  async #edit(tap: Tap, held: number): Promise<void> {
    const message = await this.#parts.sessions.request(tap.session, 'tapHeld', { held });
    if (message.format !== 'text' || message.content.length > MAX_LINE || message.content.includes('\n')) {
      // It is edited where there is room.
      this.#open(tap.session);
      return;
    }
    const content = await vscode.window.showInputBox({
      title: vscode.l10n.t('What goes in its place'),
      value: message.content,
      ignoreFocusOut: true,
    });
    if (content !== undefined) await this.#release(tap, held, { ...message, content });
  }

  async #startFor(target: Target): Promise<StartedTap | undefined> {
    const settings = await askTapOptions();
    if (!settings) return undefined;
    const tap = await this.#begin(target, settings, true);
    this.#open(tap.session, true);
    void this.#announce(tap);
    return { sessionId: tap.session.id, url: tap.url };
  }

  #open(session: SessionHandle, preserveFocus = false): void {
    const { panels, sessions } = this.#parts;
    panels.open(sessions.subjectOf(session), { preserveFocus });
  }

  async #begin(target: Target, settings: TapSettings, ask: boolean): Promise<Tap> {
    const { log, preparer } = this.#parts;
    if (settings.answerFrom !== null) requireTrust();
    const plan = await preparer.prepare(target, { ask });
    const tap = await this.#taps.start(plan, settings);
    if (!isLoopbackName(settings.host)) {
      const warning = vscode.l10n.t('{0} is open to the network: whoever reaches it reaches the target.', tap.url);
      log.warn(warning);
      void vscode.window.showWarningMessage(warning);
    }
    this.#tell();
    const told = () => {
      this.#notices.forget(tap.session);
      this.#tell();
    };
    tap.job.done.then(told, told);
    return tap;
  }

  async #announce(tap: Tap): Promise<void> {
    const copy = vscode.l10n.t('Copy Address');
    const trust = vscode.l10n.t('How to Trust It');
    const stop = vscode.l10n.t('Stop');
    const { name, url } = tap.session.snapshot;
    const text = vscode.l10n.t('{0}: let your client connect to {1}, which leads to {2}.', name, tap.url, url);
    const items = tap.trust === null ? [copy, stop] : [copy, trust, stop];
    const chosen = await vscode.window.showInformationMessage(text.replaceAll('](', '] ('), ...items);
    if (chosen === copy) await vscode.env.clipboard.writeText(tap.url);
    if (chosen === stop) await this.#taps.stop(tap);
    if (chosen === trust && tap.trust !== null) {
      const uri = this.#parts.documents.add(`${vscode.l10n.t('How to trust the tap')}.txt`, tap.trust);
      await vscode.window.showTextDocument(uri);
    }
  }

  async #setFromFile(tap: Tap): Promise<boolean | undefined> {
    const filters = { [vscode.l10n.t('Faults')]: ['json', 'jsonc'] };
    const [file] =
      (await vscode.window.showOpenDialog({ title: vscode.l10n.t('Choose a file of faults'), filters })) ?? [];
    return file && (await this.#set(tap, await textOfFaults(file)));
  }

  async #set({ session }: Tap, text: string): Promise<boolean> {
    await this.#parts.sessions.request(session, 'tapSetFaults', { text });
    return true;
  }

  #tell(): void {
    setImmediate(() => void setContext('tapping', this.#taps.all.length > 0));
  }

  async #ask(): Promise<Target | undefined> {
    const { index, recent } = this.#parts;
    const target = await askTarget({ recentUrls: () => recent.list(), profiles: () => index.list() }, 'tap');
    if (target !== 'new-profile') return target;
    await vscode.commands.executeCommand('wsprobe.newProfile' satisfies CommandId);
    return undefined;
  }

  async #tapOf(argument: unknown): Promise<Tap | undefined> {
    if (argument instanceof ObservedRow) return this.#taps.of(argument.session);
    if (argument instanceof SessionHandle) return this.#taps.of(argument);
    if (argument !== undefined) {
      const id = typeof argument === 'string' ? argument : (Object(argument) as { sessionId?: unknown }).sessionId;
      return this.#taps.of(this.#parts.sessions.find(String(id)));
    }
    const { all } = this.#taps;
    if (all.length === 0)
      throw new ProbeError('tap.none', vscode.l10n.t('No tap is running.'), {
        hint: vscode.l10n.t('Start one with "WebSocket: Tap…".'),
      });
    if (all.length === 1) return all[0];
    const items = all.map((tap) => ({ label: tap.session.snapshot.name, description: tap.url, tap }));
    return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Which tap?') }))?.tap;
  }

  async #chooseConnection({ session }: Tap): Promise<ConnectionOfTap | undefined> {
    const open = connectionsOf(session);
    if (open.length === 0) {
      showError(new ProbeError('tap.not-open', vscode.l10n.t('No connection is open now.')), this.#parts.log);
      return undefined;
    }
    if (open.length === 1) return open[0];
    const items = open.map((each) => ({ label: each.name, description: String(each.connection), each }));
    return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('On which connection?') }))?.each;
  }
}

/** By code, not from a row or the palette. */
function isCalled(argument: unknown): boolean {
  return argument !== undefined && !(argument instanceof ObservedRow) && !(argument instanceof SessionHandle);
}

function isFile(value: unknown): value is vscode.Uri | string {
  return value instanceof vscode.Uri || typeof value === 'string';
}

/** A fault, several, or the file that holds them, by its URI or path. */
async function textOfFaults(given: unknown): Promise<string> {
  if (!isFile(given)) return JSON.stringify(Array.isArray(given) ? given : [given]);
  const uri = typeof given === 'string' ? vscode.Uri.file(given) : given;
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > MAX_FAULTS_BYTES)
    throw new ProbeError('tap.faults', vscode.l10n.t('A file of faults holds 1 MiB at most.'));
  return Buffer.from(await vscode.workspace.fs.readFile(uri)).toString('utf8');
}

async function askWhatOf(
  faults: readonly { readonly number: number; readonly text: string }[],
): Promise<'add' | { readonly number: number | null } | undefined> {
  const { Separator } = vscode.QuickPickItemKind;
  const add = { label: `$(add) ${vscode.l10n.t('Another fault…')}`, chosen: 'add' as const };
  const items = faults.map(({ number, text }) => ({
    label: `$(debug-stop) ${vscode.l10n.t('End fault {0}', number)}`,
    description: text,
    chosen: { number },
  }));
  const all = { label: `$(clear-all) ${vscode.l10n.t('End all of them')}`, chosen: { number: null } };
  const title = vscode.l10n.t('Faults of this tap');
  const between = { label: '', kind: Separator, chosen: undefined };
  return (await vscode.window.showQuickPick([add, between, ...items, all], { title }))?.chosen;
}

async function askAsWhom(): Promise<Lane | undefined> {
  const items = [
    { label: vscode.l10n.t('As the server, to the client'), lane: 'toClient' },
    { label: vscode.l10n.t('As the client, to the server'), lane: 'toServer' },
  ] as const;
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Send as whom?') }))?.lane;
}

async function askBreakpoints(now: readonly Breakpoint[]): Promise<readonly Breakpoint[] | undefined> {
  const contains = { label: `$(add) ${vscode.l10n.t('Hold those that contain…')}`, act: 'contains' } as const;
  const every = { label: `$(add) ${vscode.l10n.t('Hold every message')}`, act: 'every' } as const;
  const set = now.map((each) => ({
    label: `$(debug-stop) ${each.contains === undefined ? vscode.l10n.t('Hold every message no more') : vscode.l10n.t('Hold no more what contains {0}', each.contains)}`,
    description: each.lane ? laneWord(each.lane) : '',
    act: each,
  }));
  const title = vscode.l10n.t('Hold messages until you let them go');
  const chosen = await vscode.window.showQuickPick([contains, every, ...set], { title });
  if (!chosen) return undefined;
  const { act } = chosen;
  if (act !== 'contains' && act !== 'every') return now.filter((each) => each !== act);
  const text =
    act === 'every'
      ? undefined
      : await vscode.window.showInputBox({ title: vscode.l10n.t('Messages that contain'), ignoreFocusOut: true });
  if (act === 'contains' && !text) return undefined;
  const direction = await askDirection();
  if (!direction) return undefined;
  const lane = direction === 'both' ? {} : { lane: direction };
  return [...now, { ...(text ? { contains: text } : {}), ...lane }];
}

async function chooseHeld(listed: readonly HeldMessage[]): Promise<HeldMessage | 'all' | undefined> {
  if (listed.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('No message is held.'));
    return undefined;
  }
  if (listed.length === 1) return listed[0];
  const items = listed.map((message) => ({
    label: message.preview || vscode.l10n.t('(empty)'),
    description: `${laneWord(message.lane)} · ${vscode.l10n.t('connection {0}', message.connection)}`,
    message,
  }));
  const all = {
    label: `$(debug-continue) ${vscode.l10n.t('Let all of them go')}`,
    description: '',
    message: 'all' as const,
  };
  return (await vscode.window.showQuickPick([all, ...items], { title: vscode.l10n.t('Which held message?') }))?.message;
}

async function askFate({ lane, preview }: HeldMessage): Promise<'pass' | 'drop' | 'edit' | undefined> {
  const items = [
    { label: `$(debug-continue) ${vscode.l10n.t('Let It Go')}`, fate: 'pass' },
    { label: `$(edit) ${vscode.l10n.t('Edit…')}`, fate: 'edit' },
    { label: `$(trash) ${vscode.l10n.t('Drop')}`, fate: 'drop' },
  ] as const;
  const placeHolder = preview;
  const title = vscode.l10n.t('Held: {0}', laneWord(lane));
  return (await vscode.window.showQuickPick(items, { title, placeHolder }))?.fate;
}
