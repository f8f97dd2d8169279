import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, closeEditors, until, writeProfile } from './support/extension.js';

describe('the language of profiles', () => {
  before(activated);
  afterEach(closeEditors);

  it('is chosen by the file name', async () => {
    const document = await open('language.wsprobe', { url: 'ws://127.0.0.1:1/' });
    strictEqual(document.languageId, 'wsprobe');
  });

  it('allows comments and trailing commas', async () => {
    const text = '// where to\n{\n  "url": "ws://127.0.0.1:1/", /* here */\n}\n';
    const document = await open('comments.wsprobe', text);
    await change(document, '{\n  "colour": 1,\n  "url": "ws://127.0.0.1:1/"\n}\n');
    await problemsOf(document, 1);
    await change(document, text);
    await problemsOf(document, 0);
  });

  // Each is reported where it stands, once: by the JSON server through the schema, or by us, never by both.
  for (const [title, line, character, text] of [
    ['an unknown key', 2, 2, '{\n  "url": "ws://127.0.0.1:1/",\n  "colour": "red"\n}'],
    ['a wrong type', 2, 12, '{\n  "url": "ws://127.0.0.1:1/",\n  "origin": [1, 2]\n}'],
    ['a URL of another scheme', 1, 9, '{\n  "url": "https://example.test/"\n}'],
    ['a variable that nobody declares', 1, 27, '{\n  "url": "ws://127.0.0.1:1/${tenant}"\n}'],
    [
      'a broken regular expression',
      2,
      51,
      '{\n  "url": "ws://127.0.0.1:1/",\n  "message": { "send": "x", "expect": { "matches": "(" } }\n}',
    ],
    ['a header with a line break', 2, 22, '{\n  "url": "ws://127.0.0.1:1/",\n  "headers": { "X-A": "a\\r\\nB: c" }\n}'],
    ['a key given twice', 2, 2, '{\n  "url": "ws://127.0.0.1:1/",\n  "url": "ws://127.0.0.1:2/"\n}'],
    ['text after the profile', 3, 0, '{\n  "url": "ws://127.0.0.1:1/"\n}\n{}'],
  ] as const) {
    it(`reports ${title} once, at its place`, async () => {
      const document = await open('problem.wsprobe', text);
      const problems = await problemsOf(document);
      const shown = problems.map(describeProblem).join('\n');
      ok(
        problems.some(({ range }) => range.start.line === line && range.start.character === character),
        shown,
      );
      // The JSON server's remark on a key given twice stands beside the error.
      for (const one of problems.filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error)) {
        const meets = (other: vscode.Diagnostic) => other !== one && other.severity === one.severity;
        ok(!problems.some((other) => meets(other) && other.range.intersection(one.range)), shown);
      }
    });
  }

  it('says what the terminal says, in its words: unknown keys, broken expressions, variables without a value', async () => {
    const document = await open('words.wsprobe', '{\n  "url": "ws://h",\n  "heaters": {},\n  "http": "3"\n}');
    const told = async (count: number) =>
      (await problemsOf(document, count)).map(({ message, severity }) => `${severity} ${message}`);
    deepStrictEqual(await told(2), [
      '0 `heaters` is not a key of a profile. Did you mean `headers`?',
      '0 `http` must be "1.1", "2" or "auto". Did you mean "2"?',
    ]);
    await change(document, '{ "url": "ws://127.0.0.1:1/${env:WSPROBE_NOT_SET}" }');
    deepStrictEqual(await told(1), ['0 The environment variable `WSPROBE_NOT_SET` is not set.']);
  });

  it('reports a missing URL', async () => {
    const document = await open('nothing.wsprobe', '{\n}\n');
    const [problem] = await problemsOf(document, 1);
    match(problem?.message ?? '', /url/i);
  });

  it('takes problems away as they are mended and with the document', async () => {
    const document = await open('mended.wsprobe', '{ "url": "https://example.test/" }');
    await problemsOf(document, 1);
    await change(document, '{ "url": "ws://example.test/" }');
    await problemsOf(document, 0);
  });

  it('says nothing about other JSON files', async () => {
    const uri = await writeProfile('other.json', '{ "url": "https://example.test/" }');
    await vscode.workspace.openTextDocument(uri);
    const document = await open('marker.wsprobe', '{ "url": "https://example.test/" }');
    await problemsOf(document, 1);
    deepStrictEqual(vscode.languages.getDiagnostics(uri), []);
  });

  it('has a lens that runs it above the first line', async () => {
    const document = await open('lens.wsprobe', { url: 'ws://127.0.0.1:1/' });
    const lenses = await lensesOf(document);
    const [probe] = lenses;
    strictEqual(probe?.range.start.line, 0);
    strictEqual(probe.command?.title, '▶ Probe');
    strictEqual(probe.command?.command, 'wsprobe.profile.probe');
    strictEqual(lenses[1]?.command?.command, 'wsprobe.profile.connect');
    match(lenses[1].command.title, /Connect/);
  });

  it('shows the last verdict and the environment in the lens', async () => {
    const document = await open('verdict.wsprobe', {
      url: 'ws://127.0.0.1:1/',
      environments: { local: { url: 'ws://127.0.0.1:2/' } },
    });
    await vscode.commands.executeCommand('wsprobe.probe', document.uri, { inspector: false });
    await vscode.commands.executeCommand('wsprobe.selectEnvironment', document.uri, 'local');
    let titles: readonly string[] = [];
    // The history is written after the report was given.
    while (titles.length < 5) titles = (await lensesOf(document)).map(({ command }) => command?.title ?? '');
    match(titles[3] ?? '', /down · .* ms · /);
    match(titles[4] ?? '', /local/);
  });

  it('completes and explains keys by the schema', async () => {
    const document = await open('complete.wsprobe', '{\n  "url": "ws://127.0.0.1:1/",\n  \n}\n');
    await problemsOf(document, 0);
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      new vscode.Position(2, 2),
    );
    const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    for (const key of ['headers', 'subprotocols', 'expect', 'environments']) ok(labels.includes(key), key);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      new vscode.Position(1, 4),
    );
    ok(hovers.length > 0);
  });

  it('completes inside texts beside the JSON server, each name once', async () => {
    await vscode.commands.executeCommand('wsprobe.setSecret', 'orders-token', 'x');
    const document = await open('inside.wsprobe', '{\n  "url": "ws://${",\n  "variables": { "tenant": "a" },\n}\n');
    const labels = await completionsAt(document, new vscode.Position(1, 17));
    for (const label of ['tenant', 'secret:orders-token', 'env:PATH']) {
      strictEqual(labels.filter((each) => each === label).length, 1, `${label} in ${labels.join(' ')}`);
    }
    await change(document, '{\n  "url": "ws://h",\n  "subprotocols": [""]\n}\n');
    const tokens = await completionsAt(document, new vscode.Position(2, 20));
    const bare = tokens.map((label) => label.replaceAll('"', ''));
    ok(bare.includes('mqtt') && bare.includes('phoenix'), bare.join(' '));
    deepStrictEqual(bare, [...new Set(bare)]);
  });

  it('mends a misspelt key', async () => {
    const document = await open('fix.wsprobe', '{\n  "url": "ws://127.0.0.1:1/",\n  "heaters": {}\n}');
    const [problem] = await problemsOf(document, 1);
    ok(problem);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      problem.range,
    );
    const fix = actions.find(({ title }) => title === 'Change to "headers"');
    ok(fix?.edit, actions.map(({ title }) => title).join());
    await vscode.workspace.applyEdit(fix.edit);
    await problemsOf(document, 0);
    match(document.getText(), /"headers": \{\}/);
  });

  it('answers about a long profile', async () => {
    const step = { send: { json: { type: 'x', tenant: '${tenant}' } } };
    const steps = Array.from({ length: 3000 }, () => step);
    const document = await open('long.wsprobe', { url: 'ws://h/${tenant}', variables: { tenant: 'a' }, steps });
    ok(document.getText().length > 300_000);
    const at = document.positionAt(document.getText().indexOf('${tenant}') + 3);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      at,
    );
    const told = hovers.flatMap(({ contents }) => contents.map((one) => (typeof one === 'object' ? one.value : one)));
    ok(told.includes('`tenant`: `a`'), told.join());
    ok((await completionsAt(document, at)).includes('tenant'));
  });

  it('renames a variable where it is declared and used', async () => {
    const document = await open('rename.wsprobe', '{\n  "url": "ws://${host}/",\n  "variables": { "host": "h" }\n}');
    const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>(
      'vscode.executeDocumentRenameProvider',
      document.uri,
      new vscode.Position(1, 20),
      'server',
    );
    await vscode.workspace.applyEdit(edit);
    strictEqual(document.getText(), '{\n  "url": "ws://${server}/",\n  "variables": { "server": "h" }\n}');
  });
});

async function completionsAt(document: vscode.TextDocument, position: vscode.Position): Promise<readonly string[]> {
  const list = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    document.uri,
    position,
  );
  return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
}

let count = 0;

async function open(name: string, content: unknown): Promise<vscode.TextDocument> {
  // VS Code may keep a document for a while after its editor was closed.
  const uri = await writeProfile(`${++count}-${name}`, content);
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  return document;
}

async function change(document: vscode.TextDocument, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
  await vscode.workspace.applyEdit(edit);
}

/** Waits until the problems of the document are that many (any but none unless told) and stay so through a full round of both reporters. */
async function problemsOf(document: vscode.TextDocument, count?: number): Promise<readonly vscode.Diagnostic[]> {
  const read = () => vscode.languages.getDiagnostics(document.uri);
  const fits = (problems: readonly vscode.Diagnostic[]) =>
    count === undefined ? problems.length > 0 : problems.length === count;
  for (;;) {
    const found = await until([vscode.languages.onDidChangeDiagnostics], () => {
      const problems = read();
      return fits(problems) ? problems : undefined;
    });
    await settled(document);
    if (JSON.stringify(read()) === JSON.stringify(found)) return found;
  }
}

/** A marker document whose problem appears only after the reporters have gone round once more. */
async function settled(document: vscode.TextDocument): Promise<void> {
  const uri = document.uri.with({ path: `${document.uri.path}.${++count}.wsprobe` });
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode('{ "url": "https://marker.test/" }'));
  await vscode.workspace.openTextDocument(uri);
  await until([vscode.languages.onDidChangeDiagnostics], () =>
    vscode.languages.getDiagnostics(uri).length > 0 ? true : undefined,
  );
}

function lensesOf(document: vscode.TextDocument): Thenable<vscode.CodeLens[]> {
  return vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 10);
}

function describeProblem(problem: vscode.Diagnostic): string {
  return `${problem.source ?? ''} ${problem.range.start.line}:${problem.range.start.character} ${problem.message}`;
}
