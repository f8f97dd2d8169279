import * as vscode from 'vscode';
import { checkUrl } from '../core/base/url.js';
import { nameOf } from './profileFiles.js';
import type { Target } from './target/targets.js';
import { TypedTarget } from './typedTarget.js';

const CLIPBOARD_WAIT_MS = 200;

export interface TargetItem extends vscode.QuickPickItem {
  readonly choice: Target | 'new-profile' | null;
}

export interface TargetSources {
  readonly recentUrls: () => readonly string[];
  readonly profiles: () => Promise<readonly vscode.Uri[]>;
}

/** What the target is asked for. */
export type Purpose = 'probe' | 'connect' | 'differential' | 'experiment' | 'watch' | 'replay' | 'tap';

/** Asks for a target: a URL typed (checked as it is typed), a recent one, a profile of the workspace, or a new profile. */
export async function askTarget(
  sources: TargetSources,
  purpose: Purpose = 'probe',
): Promise<Target | 'new-profile' | undefined> {
  const pick = vscode.window.createQuickPick<TargetItem>();
  pick.title = titleFor(purpose);
  pick.placeholder = vscode.l10n.t('wss://host/path, a recent target, or a profile');
  pick.matchOnDescription = true;
  // Set before it shows, the value is selected: typing replaces it.
  pick.value = selectedUrl() || (await copiedUrl());
  let profiles: readonly vscode.Uri[] = [];
  const recent = sources.recentUrls();
  const typed = new TypedTarget<TargetItem>(pick.value);
  const fill = () => {
    pick.items = [
      ...typed.head({ items: typedItems(pick.value, purpose), blank: separator('') }),
      ...recentItems(recent, pick.value),
      ...profileItems(profiles),
    ];
  };
  const chosen = new Promise<Target | 'new-profile' | undefined>((resolve) => {
    pick.onDidChangeValue((value) => {
      typed.changed(value);
      fill();
    });
    pick.onDidChangeActive((items) => typed.active(items));
    pick.onDidAccept(() => {
      const url = typed.accepted();
      const choice = url === null ? pick.selectedItems[0]?.choice : ({ kind: 'url', url } as const);
      if (choice) resolve(choice);
    });
    pick.onDidHide(() => resolve(undefined));
  });
  fill();
  pick.busy = true;
  pick.show();
  const showProfiles = (found: readonly vscode.Uri[]) => {
    profiles = found;
    pick.busy = false;
    fill();
  };
  void sources.profiles().then(showProfiles, () => showProfiles([]));
  try {
    return await chosen;
  } finally {
    pick.dispose();
  }
}

/** Asks for a URL alone. */
export function askUrl(value: string, title: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title,
    value,
    placeHolder: 'wss://host/path',
    ignoreFocusOut: true,
    validateInput: (text) => checkUrl(text.trim()),
  });
}

/** What stands first in the list for what was typed: the URL, or what is wrong with it and the URL that was meant. */
export function typedItems(value: string, purpose: Purpose = 'probe'): TargetItem[] {
  const url = value.trim();
  if (url === '') return [];
  const problem = checkUrl(url);
  if (problem === null) return [urlItem(url, purpose)];
  // A word that filters the profiles below is no broken URL.
  if (!/[:/.]/.test(url)) return [];
  const meant = meantUrl(url);
  const warning: TargetItem = { label: `$(warning) ${problem}`, alwaysShow: true, choice: null };
  return meant === null ? [warning] : [warning, urlItem(meant, purpose)];
}

function titleFor(purpose: Purpose): string {
  switch (purpose) {
    case 'probe':
      return vscode.l10n.t('Probe a WebSocket');
    case 'connect':
      return vscode.l10n.t('Connect to a WebSocket and talk');
    case 'differential':
      return vscode.l10n.t('Find what breaks the handshake with');
    case 'experiment':
      return vscode.l10n.t('Run the experiment on');
    case 'watch':
      return vscode.l10n.t('Watch a WebSocket');
    case 'replay':
      return vscode.l10n.t('Replay the recording to');
    case 'tap':
      return vscode.l10n.t('Tap the connections to');
  }
}

function urlItem(url: string, purpose: Purpose): TargetItem {
  const description = actFor(purpose);
  return { label: `$(play) ${url}`, description, alwaysShow: true, choice: { kind: 'url', url } };
}

function actFor(purpose: Purpose): string {
  switch (purpose) {
    case 'connect':
      return vscode.l10n.t('connect to this URL');
    case 'experiment':
      return vscode.l10n.t('run it on this URL');
    case 'watch':
      return vscode.l10n.t('watch this URL');
    case 'tap':
      return vscode.l10n.t('stand between it and its clients');
    default:
      return vscode.l10n.t('probe this URL');
  }
}

/** `https://h/` was meant as `wss://h/`, `localhost:8080` as `ws://localhost:8080`; null when that is no URL either. */
function meantUrl(text: string): string | null {
  if (/^(?!https?:)[a-z][a-z0-9+.-]*:\/\//i.test(text)) return null;
  const isLocal = /^(localhost|127\.|\[::1\])/i.test(text);
  const url = /^https?:\/\//i.test(text)
    ? text.replace(/^http/i, 'ws')
    : `${isLocal ? 'ws' : 'wss'}://${text.replace(/^\/+/, '')}`;
  return checkUrl(url) === null ? url : null;
}

/** The one that is typed already leaves its place empty: places in the list keep their meaning. */
function recentItems(urls: readonly string[], value: string): TargetItem[] {
  const title = separator(vscode.l10n.t('recent'));
  const items = urls.map(
    (url): TargetItem => (url === value.trim() ? title : { label: `$(history) ${url}`, choice: { kind: 'url', url } }),
  );
  return items.length === 0 ? [] : [title, ...items];
}

function profileItems(uris: readonly vscode.Uri[]): TargetItem[] {
  const items = uris.map(
    (uri): TargetItem => ({
      label: `$(file) ${nameOf(uri)}`,
      description: vscode.workspace.asRelativePath(uri),
      choice: { kind: 'file', uri },
    }),
  );
  const create: TargetItem = {
    label: `$(add) ${vscode.l10n.t('New profile…')}`,
    alwaysShow: true,
    choice: 'new-profile',
  };
  // Before the profiles, which come late: nothing may change its place then.
  return [separator(vscode.l10n.t('profiles')), create, ...items];
}

function separator(label: string): TargetItem {
  return { label, kind: vscode.QuickPickItemKind.Separator, choice: null };
}

function selectedUrl(): string {
  const editor = vscode.window.activeTextEditor;
  return editor ? firstUrl(editor.document.getText(editor.selection)) : '';
}

/** In a browser reading the clipboard would make it ask for a permission; nobody asked for that. */
async function copiedUrl(): Promise<string> {
  if (vscode.env.uiKind === vscode.UIKind.Web) return '';
  const late = new Promise<string>((resolve) => {
    setTimeout(resolve, CLIPBOARD_WAIT_MS, '');
  });
  const copied = Promise.resolve(vscode.env.clipboard.readText()).catch(() => '');
  return firstUrl(await Promise.race([copied, late]));
}

function firstUrl(text: string): string {
  const trimmed = text.slice(0, 4096).trim();
  const found = /\bws(?:s?:\/\/|\+unix:\/)[^\s"'`<>]+/i.exec(trimmed)?.[0] ?? '';
  return checkUrl(found) === null ? found : '';
}
