import * as vscode from 'vscode';
import { ProbeError } from '../core/base/errors.js';
import type { CloseExplanation } from '../core/close/explainClose.js';
import { loadCloseTexts } from './closeTexts.js';
import type { VirtualDocuments } from './virtualDocuments.js';

interface CodeItem extends vscode.QuickPickItem {
  readonly code: number;
  readonly dialect: string | null;
}

const MAX_CODE = 65_535;

/** The command "Explain Close Code…": with a code it returns the explanation, without one it asks and shows it. */
export async function explainCloseCode(
  documents: VirtualDocuments,
  code: unknown,
  options: unknown,
): Promise<CloseExplanation | undefined> {
  const { explainDialectClose } = await loadCloseTexts();
  if (code !== undefined) return explainDialectClose(readCode(code), { dialect: readDialect(options) });
  const chosen = await chooseCode();
  if (!chosen) return undefined;
  const explanation = explainDialectClose(chosen.code, { dialect: chosen.dialect });
  const uri = documents.add(`${vscode.l10n.t('Close {0}', explanation.title)}.md`, renderMarkdown(explanation));
  await vscode.commands.executeCommand('markdown.showPreview', uri);
  return explanation;
}

function readCode(value: unknown): number {
  const code = typeof value === 'string' && /^\d+$/.test(value.trim()) ? Number(value) : value;
  if (typeof code === 'number' && Number.isInteger(code) && code >= 0 && code <= MAX_CODE) return code;
  throw new ProbeError('close-code.invalid', vscode.l10n.t('A close code is a whole number from 0 to 65535.'));
}

function readDialect(options: unknown): string | null {
  const dialect = typeof options === 'object' && options !== null ? (options as { dialect?: unknown }).dialect : null;
  return typeof dialect === 'string' ? dialect : null;
}

async function chooseCode(): Promise<CodeItem | undefined> {
  const { CLOSE_CODES, explainDialectClose } = await loadCloseTexts();
  const explain = (code: number) => explainDialectClose(code);
  const known = CLOSE_CODES.map(
    ({ code, name, meaning, protocol }): CodeItem => ({
      label: `${code} ${name}`,
      description: protocol ?? '',
      detail: meaning,
      code,
      dialect: protocol,
    }),
  );
  const pick = vscode.window.createQuickPick<CodeItem>();
  pick.title = vscode.l10n.t('Explain a close code');
  pick.placeholder = vscode.l10n.t('Type a code, a name or a protocol');
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.items = known;
  try {
    return await new Promise((resolve) => {
      pick.onDidChangeValue((value) => {
        pick.items = [...typedCode(value, known, explain), ...known];
      });
      pick.onDidAccept(() => resolve(pick.selectedItems[0]));
      pick.onDidHide(() => resolve(undefined));
      pick.show();
    });
  } finally {
    pick.dispose();
  }
}

function typedCode(value: string, known: readonly CodeItem[], explain: (code: number) => CloseExplanation): CodeItem[] {
  const text = value.trim();
  if (!/^\d{1,5}$/.test(text) || Number(text) > MAX_CODE) return [];
  const code = Number(text);
  if (known.some((item) => item.code === code && item.dialect === null)) return [];
  const { title, meaning } = explain(code);
  return [{ label: title, detail: meaning, alwaysShow: true, code, dialect: null }];
}

function renderMarkdown(close: CloseExplanation): string {
  const reconnect: Record<CloseExplanation['reconnect'], string> = {
    yes: vscode.l10n.t('Reconnecting is fine.'),
    no: vscode.l10n.t('Do not reconnect.'),
    backoff: vscode.l10n.t('Reconnect with a growing pause.'),
    fix: vscode.l10n.t('Mend the cause first: reconnecting alone does not help.'),
  };
  const blocks = [
    `# ${close.title}`,
    close.dialect ? `_${close.dialect}_` : '',
    close.meaning,
    list(vscode.l10n.t('Likely causes'), close.causes),
    list(vscode.l10n.t('What to do'), [...close.actions, reconnect[close.reconnect]]),
    close.note ?? '',
    close.wire ? '' : vscode.l10n.t('This code never stands in a Close frame: a library makes it up.'),
    list(
      vscode.l10n.t('Protocols that use this code'),
      close.usedBy.map(({ title, name, meaning }) => `**${title}**: ${name}. ${meaning}`),
    ),
    `${vscode.l10n.t('Source')}: ${close.source}`,
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function list(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `## ${title}\n\n${lines.map((line) => `- ${line}`).join('\n')}`;
}
