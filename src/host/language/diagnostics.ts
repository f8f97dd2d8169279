import * as vscode from 'vscode';
import type { Problem } from '../../core/profile/profile.js';
import type { CheckProfile } from '../checkProfile.js';
import { PROFILE_LANGUAGE } from '../contributions.js';
import { DisposableStore } from '../disposableStore.js';
import type { Log } from '../log.js';
import type { Environments } from '../environments.js';
import type { ProfileTexts } from '../profileTexts.js';
import type { Secrets } from '../secrets.js';
import { RUN_SOURCE } from './runProblems.js';

/** The JSON server names its problems by the language, `wsprobe`; ours have a name of their own. */
export const PROBLEM_SOURCE = 'WebSocket';
/** Ours, and of what runs and tasks have told. */
const OWN_SOURCES = new Set<string | undefined>([PROBLEM_SOURCE, RUN_SOURCE, 'WebSocket task']);
/** A little longer than the JSON server waits, so that its problems are there when ours are compared with them. */
const DELAY_MS = 600;

export interface DiagnosticsParts {
  readonly check: CheckProfile;
  readonly environments: Environments;
  readonly secrets: Secrets;
  readonly texts: ProfileTexts;
  readonly log: Log;
}

/** Problems of open profiles as a run tells them. The JSON server judges no schema here: only where it tells an error of syntax, ours is left out. */
export class ProfileDiagnostics implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #collection = this.#store.add(vscode.languages.createDiagnosticCollection(PROBLEM_SOURCE));
  readonly #judged = new Map<string, readonly Problem[]>();
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  readonly #parts: DiagnosticsParts;

  constructor(parts: DiagnosticsParts) {
    this.#parts = parts;
    this.#store.add(parts.environments.onDidChange(() => this.#scheduleAll()));
    this.#store.add(parts.secrets.onDidChange(() => this.#scheduleAll()));
    this.#store.add(vscode.workspace.onDidOpenTextDocument((document) => this.#open(document)));
    this.#store.add(vscode.workspace.onDidChangeTextDocument(({ document }) => this.#schedule(document)));
    this.#store.add(vscode.workspace.onDidCloseTextDocument((document) => this.#close(document)));
    this.#store.add(vscode.languages.onDidChangeDiagnostics(({ uris }) => this.#compare(uris)));
    this.#store.add(parts.texts.onDidChange(() => this.#scheduleAll()));
    for (const document of vscode.workspace.textDocuments) this.#open(document);
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#store.dispose();
  }

  #open(document: vscode.TextDocument): void {
    if (document.languageId !== PROFILE_LANGUAGE) return;
    startJsonServer();
    this.#schedule(document);
  }

  #close(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.#judged.delete(key);
    this.#collection.delete(document.uri);
  }

  #schedule(document: vscode.TextDocument): void {
    if (document.languageId !== PROFILE_LANGUAGE) return;
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      void this.#judge(document);
    }, DELAY_MS);
    this.#timers.set(key, timer);
  }

  #scheduleAll(): void {
    for (const document of vscode.workspace.textDocuments) this.#schedule(document);
  }

  #compare(uris: readonly vscode.Uri[]): void {
    for (const uri of uris) {
      const key = uri.toString();
      // One that is scheduled compares when its turn comes.
      if (!this.#judged.has(key) || this.#timers.has(key)) continue;
      const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === key);
      if (document?.languageId === PROFILE_LANGUAGE) this.#show(document);
    }
  }

  async #judge(document: vscode.TextDocument): Promise<void> {
    const { version } = document;
    let problems: readonly Problem[];
    try {
      problems = await this.#parts.check(document.uri, document.getText());
    } catch (error) {
      this.#parts.log.warn(`Problems of ${document.uri.path}: ${String(error)}`);
      return;
    }
    if (document.isClosed || document.version !== version) return;
    this.#judged.set(document.uri.toString(), problems);
    this.#show(document);
  }

  #show(document: vscode.TextDocument): void {
    const problems = this.#judged.get(document.uri.toString());
    if (!problems) return;
    const told = vscode.languages
      .getDiagnostics(document.uri)
      .filter(({ source, severity }) => !OWN_SOURCES.has(source) && severity === vscode.DiagnosticSeverity.Error);
    const ours = problems
      .map((problem) => toDiagnostic(document, problem))
      .filter(({ range }) => !told.some((other) => meets(other.range, range)));
    if (!sameAs(this.#collection.get(document.uri) ?? [], ours)) this.#collection.set(document.uri, ours);
  }
}

function toDiagnostic(document: vscode.TextDocument, problem: Problem): vscode.Diagnostic {
  const start = document.positionAt(problem.offset);
  const end = document.positionAt(problem.offset + Math.max(1, problem.length));
  const severity = problem.severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  const diagnostic = new vscode.Diagnostic(new vscode.Range(start, end), problem.message, severity);
  diagnostic.source = PROBLEM_SOURCE;
  diagnostic.code = problem.code;
  return diagnostic;
}

/** Share a character; places that only touch are two places. */
function meets(a: vscode.Range, b: vscode.Range): boolean {
  const common = a.intersection(b);
  return common !== undefined && (!common.isEmpty || a.isEmpty || b.isEmpty);
}

function sameAs(a: readonly vscode.Diagnostic[], b: readonly vscode.Diagnostic[]): boolean {
  const text = (list: readonly vscode.Diagnostic[]) =>
    JSON.stringify(list.map(({ range, message, severity, code }) => [range, message, severity, code]));
  return a.length === b.length && text(a) === text(b);
}

/** The JSON server starts by itself for json and jsonc only; it may be absent or switched off. */
function startJsonServer(): void {
  const json = vscode.extensions.getExtension('vscode.json-language-features');
  if (json && !json.isActive) {
    json.activate().then(undefined, () => undefined);
  }
}
