import { ok, strictEqual } from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, folderUri, startPlayground, type StartedPlayground, writeProfile } from './support/extension.js';

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

  it('end with 2 when the profile cannot run', async () => {
    await writeProfile('task-wrong.wsprobe', { url: 'ws://127.0.0.1:1/', colour: 1 });
    strictEqual(await run({ profile: 'task-wrong.wsprobe', waitUntil: 'healthy' }), 2);
  });
});

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
