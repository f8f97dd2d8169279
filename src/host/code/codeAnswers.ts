import * as vscode from 'vscode';
import { closeCodeInCode, urlsInCode } from '../../core/text/inCode.js';
import { loadCloseTexts } from '../closeTexts.js';
import type { CommandId } from '../contributions.js';

interface UrlAct {
  readonly command: CommandId;
  readonly title: string;
}

/** What can be done with an address. */
function acts(): readonly UrlAct[] {
  return [
    { command: 'wsprobe.probe', title: vscode.l10n.t('Probe') },
    { command: 'wsprobe.connect', title: vscode.l10n.t('Connect') },
    { command: 'wsprobe.newProfile', title: vscode.l10n.t('Make a Profile') },
  ];
}

/** Of the address or the close code under the pointer. */
export async function hoverInCode(
  line: string,
  { line: row, character }: vscode.Position,
): Promise<vscode.Hover | null> {
  const url = urlsInCode(line).find(({ offset, length }) => character >= offset && character <= offset + length);
  if (url) return new vscode.Hover(urlMarkdown(url.url), rangeOn(row, url));
  const found = closeCodeInCode(line, character);
  if (!found) return null;
  const { explainDialectClose } = await loadCloseTexts();
  const { title, meaning, usedBy } = explainDialectClose(found.code, { dialect: null });
  const markdown = new vscode.MarkdownString();
  markdown.appendMarkdown('**').appendText(vscode.l10n.t('WebSocket close code {0}', title)).appendMarkdown('**\n\n');
  markdown.appendText(meaning);
  for (const use of usedBy.slice(0, 4)) markdown.appendMarkdown('\n\n').appendText(`${use.title}: ${use.meaning}`);
  return new vscode.Hover(markdown, rangeOn(row, found));
}

export function linksInCode(document: vscode.TextDocument): vscode.DocumentLink[] {
  return urlsInCode(document.getText()).map(({ url, offset, length }) => {
    const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
    const link = new vscode.DocumentLink(range, commandUri('wsprobe.probe', url));
    link.tooltip = vscode.l10n.t('Probe with wsprobe');
    return link;
  });
}

export function lensesInCode(document: vscode.TextDocument): vscode.CodeLens[] {
  return urlsInCode(document.getText()).flatMap(({ url, offset, length }) => {
    const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
    return acts().map(({ command, title }) => new vscode.CodeLens(range, { command, title, arguments: [url] }));
  });
}

interface UrlTerminalLink extends vscode.TerminalLink {
  readonly url: string;
}

export function linksInTerminal(line: string): UrlTerminalLink[] {
  return urlsInCode(line).map(({ url, offset, length }) => ({
    url,
    startIndex: offset,
    length,
    tooltip: vscode.l10n.t('Probe, connect or make a profile'),
  }));
}

/** A program printed it: what is done with it a person chooses. */
export async function openTerminalLink(link: vscode.TerminalLink): Promise<void> {
  const { url } = link as UrlTerminalLink;
  const items = acts().map(({ command, title }) => ({ label: title, command }));
  const chosen = await vscode.window.showQuickPick(items, { title: url });
  if (chosen) await vscode.commands.executeCommand(chosen.command, url);
}

function urlMarkdown(url: string): vscode.MarkdownString {
  const links = acts().map(({ command, title }) => `[${title}](${commandUri(command, url).toString()})`);
  const markdown = new vscode.MarkdownString(`${vscode.l10n.t('WebSocket')}: ${links.join(' · ')}`);
  markdown.isTrusted = { enabledCommands: acts().map(({ command }) => command) };
  return markdown;
}

function commandUri(command: CommandId, url: string): vscode.Uri {
  return vscode.Uri.from({ scheme: 'command', path: command, query: JSON.stringify([url]) });
}

function rangeOn(row: number, { offset, length }: { readonly offset: number; readonly length: number }): vscode.Range {
  return new vscode.Range(row, offset, row, offset + length);
}
