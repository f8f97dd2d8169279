import * as vscode from 'vscode';
import type { Completion } from '../../core/language/complete.js';
import type { QuickFix } from '../../core/language/fixes.js';
import type { Edit } from '../../core/language/rename.js';
import type { Place } from '../../core/profile/problems.js';
import type { EngineClient } from '../../engine/client.js';
import { MAX_CHECKED } from '../checkProfile.js';
import type { CommandId } from '../contributions.js';
import type { Environments } from '../environments.js';
import type { ProfileFix } from '../fixes/profileFixes.js';
import type { History } from '../history.js';
import { contextOfFile } from '../prepare.js';
import { placeOf } from '../profileFiles.js';
import type { Secrets } from '../secrets.js';
import { PROBLEM_SOURCE } from './diagnostics.js';
import { LastRuns } from './lastRun.js';

export interface LanguageParts {
  readonly engine: Pick<EngineClient, 'request'>;
  readonly secrets: Secrets;
  readonly environments: Environments;
  readonly history: History;
}

/** What an editor is told of a profile. The worker finds it out: a long text takes a while to read. */
export class LanguageAnswers {
  readonly #parts: LanguageParts;
  readonly #runs: LastRuns;

  constructor(parts: LanguageParts) {
    this.#parts = parts;
    this.#runs = new LastRuns(parts.history, parts.engine);
  }

  async completions(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.CompletionItem[]> {
    const { engine, secrets } = this.#parts;
    const at = pointIn(document, position);
    if (!at) return [];
    const { seen } = await this.#runs.of(document.uri);
    const known = { secrets: secrets.names(), env: Object.keys(process.env).sort(), seen };
    const items = await engine.request('languageComplete', { ...at, ...known });
    return items.map((item, index) => completionItem(document, item, index));
  }

  async hover(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Hover | null> {
    const { engine, environments, secrets } = this.#parts;
    const at = pointIn(document, position);
    if (!at) return null;
    const { lastMs } = await this.#runs.of(document.uri);
    const { env, environment } = contextOfFile(document.uri, environments);
    const context = { env, environment, secretNames: secrets.names(), lastMs };
    const found = await engine.request('languageHover', { ...at, ...context });
    return found && new vscode.Hover(new vscode.MarkdownString(found.lines.join('\n\n')), rangeOf(document, found));
  }

  async codeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): Promise<vscode.CodeAction[]> {
    const text = document.getText();
    const ours = isTooLong(text) ? [] : diagnostics.filter(({ source }) => source === PROBLEM_SOURCE);
    const found = ours.map(async (diagnostic) => {
      const offset = document.offsetAt(diagnostic.range.start);
      const length = document.offsetAt(diagnostic.range.end) - offset;
      const code = typeof diagnostic.code === 'string' ? diagnostic.code : '';
      const problem = { code, message: diagnostic.message, offset, length };
      const fixes = await this.#parts.engine.request('languageFixes', { text, problem });
      return fixes.map((fix) => codeAction(document, diagnostic, fix));
    });
    return [...(await Promise.all(found)).flat(), ...(await this.#runFixes(document, range))];
  }

  /** What the last run would change, at the keys that it is about. */
  async #runFixes(document: vscode.TextDocument, range: vscode.Range): Promise<vscode.CodeAction[]> {
    const { fixes } = await this.#runs.of(document.uri);
    if (fixes.length === 0) return [];
    const lines = document.getText(document.validateRange(wholeLines(range)));
    const names = ({ change }: ProfileFix) => ['url', ...change.flatMap(({ path }) => path.slice(0, 1))];
    const near = fixes.filter((fix) => names(fix).some((name) => lines.includes(`"${name}"`)));
    return near.map(({ finding, title }) => {
      const label = vscode.l10n.t('Apply and run again: {0}', title.replace(/ \(profile\)$/, ''));
      const action = new vscode.CodeAction(label, vscode.CodeActionKind.QuickFix);
      const command = 'wsprobe.applyFix' satisfies CommandId;
      action.command = { title: label, command, arguments: [document.uri, { finding, title }] };
      return action;
    });
  }

  /** Where a rename would begin; throws where there is nothing to rename. */
  async renamable(document: vscode.TextDocument, position: vscode.Position) {
    const at = pointIn(document, position);
    const found = at && (await this.#parts.engine.request('languageRenamable', at));
    if (!found) throw new Error(vscode.l10n.t('There is no name of a variable, capture or client here.'));
    if ('why' in found) throw new Error(found.why);
    return { range: rangeOf(document, found), placeholder: found.name };
  }

  async rename(document: vscode.TextDocument, position: vscode.Position, to: string): Promise<vscode.WorkspaceEdit> {
    const at = pointIn(document, position);
    const edits = at ? await this.#parts.engine.request('languageRename', { ...at, to }) : [];
    if ('why' in edits) throw new Error(edits.why);
    return workspaceEdit(document, edits);
  }

  async references(
    document: vscode.TextDocument,
    position: vscode.Position,
    { includeDeclaration }: vscode.ReferenceContext,
  ): Promise<vscode.Location[]> {
    const { declarations, uses } = await this.#mentions(document, position);
    return places(document, [...(includeDeclaration ? declarations : []), ...uses]);
  }

  async definition(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Location[]> {
    return places(document, (await this.#mentions(document, position)).declarations);
  }

  /** Files that the profile names. */
  async links(document: vscode.TextDocument): Promise<vscode.DocumentLink[]> {
    const text = document.getText();
    const folder = vscode.Uri.joinPath(document.uri, '..');
    const found = isTooLong(text) ? [] : await this.#parts.engine.request('languageLinks', { text });
    return found.map(({ path, ...place }) => {
      const isAbsolute = /^([\\/]|[A-Za-z]:[\\/])/.test(path);
      const target = isAbsolute
        ? document.uri.with({ path: vscode.Uri.file(path).path })
        : vscode.Uri.joinPath(folder, path);
      return new vscode.DocumentLink(rangeOf(document, place), target);
    });
  }

  async #mentions(document: vscode.TextDocument, position: vscode.Position) {
    const at = pointIn(document, position);
    const found = at && (await this.#parts.engine.request('languageReferences', { text: at.text, offset: at.offset }));
    return found ?? { declarations: [], uses: [] };
  }
}

function wholeLines({ start, end }: vscode.Range): vscode.Range {
  return new vscode.Range(start.line, 0, end.line, Number.MAX_SAFE_INTEGER);
}

/** Of what is too long to be a profile nothing is asked. */
function isTooLong(text: string): boolean {
  return text.length > MAX_CHECKED;
}

/** A place in a document, as the engine takes it; null where the document is too long to be a profile. */
function pointIn(document: vscode.TextDocument, position: vscode.Position) {
  const text = document.getText();
  return isTooLong(text) ? null : { text, offset: document.offsetAt(position), place: placeOf(document.uri) };
}

function places(document: vscode.TextDocument, found: readonly Place[]): vscode.Location[] {
  return found.map((place) => new vscode.Location(document.uri, rangeOf(document, place)));
}

const KINDS: Readonly<Record<Completion['kind'], vscode.CompletionItemKind>> = {
  variable: vscode.CompletionItemKind.Variable,
  secret: vscode.CompletionItemKind.Keyword,
  env: vscode.CompletionItemKind.Constant,
  value: vscode.CompletionItemKind.Value,
  name: vscode.CompletionItemKind.Property,
};

function completionItem(
  document: vscode.TextDocument,
  { label, kind, detail, text, ...place }: Completion,
  index: number,
) {
  const item = new vscode.CompletionItem(label, KINDS[kind]);
  item.detail = detail;
  item.insertText = text;
  item.range = rangeOf(document, place);
  item.sortText = String(index).padStart(4, '0');
  return item;
}

function codeAction(document: vscode.TextDocument, diagnostic: vscode.Diagnostic, fix: QuickFix): vscode.CodeAction {
  const action = new vscode.CodeAction(fix.title.replaceAll('`', ''), vscode.CodeActionKind.QuickFix);
  action.diagnostics = [diagnostic];
  action.isPreferred = fix.isPreferred;
  if (fix.edits.length > 0) action.edit = workspaceEdit(document, fix.edits);
  if (fix.deed) action.command = commandOf(fix.deed, document.uri);
  return action;
}

function commandOf(deed: NonNullable<QuickFix['deed']>, uri: vscode.Uri): vscode.Command {
  if (deed.kind === 'set-secret') {
    return { title: '', command: 'wsprobe.setSecret' satisfies CommandId, arguments: [deed.name] };
  }
  return { title: '', command: 'wsprobe.selectEnvironment' satisfies CommandId, arguments: [uri] };
}

function workspaceEdit(document: vscode.TextDocument, edits: readonly Edit[]): vscode.WorkspaceEdit {
  const whole = new vscode.WorkspaceEdit();
  for (const { text, ...place } of edits) whole.replace(document.uri, rangeOf(document, place), text);
  return whole;
}

function rangeOf(document: vscode.TextDocument, { offset, length }: Place): vscode.Range {
  return new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
}
