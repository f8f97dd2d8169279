import { ok, strictEqual } from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  activated,
  folderUri,
  startPlayground,
  type StartedPlayground,
  until,
  writeProfile,
} from './support/extension.js';

describe('tasks', () => {
  let playground: StartedPlayground;

  before(async () => {
    await activated();
    playground = await startPlayground();
  });

  after(() => vscode.commands.executeCommand('wsprobe.playground.stop'));

  it('are there for every profile', async () => {
    await writeProfile('task.wsprobe', { url: playground.ws });
    await vscode.commands.executeCommand('wsprobe.profiles.refresh');
    const tasks = await vscode.tasks.fetchTasks({ type: 'wsprobe' });
    ok(tasks.some(({ name, definition }) => name === 'task.wsprobe' && definition['profile'] === 'task.wsprobe'));
  });

  it('end well when the profile is, in the environment that they name', async () => {
    const environments = { up: { url: `${playground.ws.replace(/\/$/, '')}/echo` } };
    await writeProfile('task-environment.wsprobe', { url: 'ws://127.0.0.1:1/', environments });
    strictEqual(await run({ profile: 'task-environment.wsprobe', environment: 'up', waitUntil: 'healthy' }), 0);
    strictEqual(await run({ profile: 'task-environment.wsprobe' }), 3);
  });

  for (const [title, profile, line, code] of [
    ['a failed step at its line', { steps: [{ send: 'a' }, { expect: { contains: 'never' }, withinMs: 50 }] }, 6, 1],
    ['what ended it at once at its place', { colour: 1 }, 2, 2],
  ] as const) {
    it(`leave ${title} in Problems`, async () => {
      const url = `${playground.ws.replace(/\/$/, '')}/echo`;
      const name = `task-problem-${code}.wsprobe`;
      const uri = await writeProfile(name, { url, ...profile });
      strictEqual(await run({ profile: name }), code);
      const problem = await until([vscode.languages.onDidChangeDiagnostics], () => ofTask(uri)[0]);
      strictEqual(problem.range.start.line, line);
      // Once it is well the problem goes.
      await writeProfile(name, { url });
      strictEqual(await run({ profile: name }), 0);
      await until([vscode.languages.onDidChangeDiagnostics], () => (ofTask(uri).length === 0 ? true : undefined));
    });
  }

  it('come before a launch: it waits until the profile is healthy, and does not begin where that never comes', async () => {
    const url = `${playground.ws.replace(/\/$/, '')}/echo`;
    await writeProfile('task-launch.wsprobe', { url });
    await writeProfile('task-never.wsprobe', { url: 'ws://127.0.0.1:1/' });
    const task = (label: string, profile: string, timeoutMs: number) => {
      return { label, type: 'wsprobe', profile, waitUntil: 'healthy', timeoutMs };
    };
    const tasks = [task('up', 'task-launch.wsprobe', 20_000), task('never', 'task-never.wsprobe', 300)];
    await writeProfile('.vscode/tasks.json', { version: '2.0.0', tasks });
    await writeProfile('launched.js', 'setTimeout(() => {}, 100);');
    const folder = vscode.workspace.getWorkspaceFolder(folderUri());
    const launch = (preLaunchTask: string) => {
      const program = vscode.Uri.joinPath(folderUri(), 'launched.js').fsPath;
      const about = { type: 'node', request: 'launch', name: preLaunchTask, program, preLaunchTask };
      return vscode.debug.startDebugging(folder, { ...about, internalConsoleOptions: 'neverOpen' });
    };
    const config = vscode.workspace.getConfiguration('debug');
    await config.update('onTaskErrors', 'abort', vscode.ConfigurationTarget.Global);
    strictEqual(await launch('never'), false);
    strictEqual(await launch('up'), true);
    await config.update('onTaskErrors', undefined, vscode.ConfigurationTarget.Global);
  });

  it('end with 2 when the profile cannot run', async () => {
    await writeProfile('task-wrong.wsprobe', { url: 'ws://127.0.0.1:1/', colour: 1 });
    strictEqual(await run({ profile: 'task-wrong.wsprobe', waitUntil: 'healthy' }), 2);
  });
});

function ofTask(uri: vscode.Uri): readonly vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'WebSocket task');
}

/** Runs a task as `tasks.json` would; resolves to its exit code. */
async function run(definition: Readonly<Record<string, string>>): Promise<number | undefined> {
  const tasks = await vscode.tasks.fetchTasks({ type: 'wsprobe' });
  const any = tasks[0];
  ok(any?.execution);
  const folder = vscode.workspace.getWorkspaceFolder(folderUri());
  ok(folder);
  const whole = { ...definition, type: 'wsprobe' };
  const task = new vscode.Task(whole, folder, definition['profile'] ?? '', 'wsprobe', any.execution, '$wsprobe');
  const ended = new Promise<number | undefined>((resolve) => {
    const listener = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      if (execution.task.name !== task.name) return;
      listener.dispose();
      resolve(exitCode);
    });
  });
  await vscode.tasks.executeTask(task);
  return ended;
}
