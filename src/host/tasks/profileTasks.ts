import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Report } from '../../core/base/model.js';
import { type ProfileTask, readTask } from '../../core/language/taskDefinition.js';
import { runTask } from '../../core/language/taskRun.js';
import type { CheckProfile } from '../checkProfile.js';
import { TASK_TYPE } from '../contributions.js';
import { messageOf } from '../errorText.js';
import type { ProfileIndex } from '../profileIndex.js';
import { readProfile } from '../profileFiles.js';
import type { Probes } from '../probes.js';
import type { Target } from '../target/targets.js';

export interface TaskParts {
  readonly index: ProfileIndex;
  readonly probes: Probes;
  readonly check: CheckProfile;
}

/** The task type `wsprobe`: a probe of a profile, or a wait until it is healthy, such as before a launch. */
export class ProfileTasks implements vscode.TaskProvider {
  readonly #parts: TaskParts;

  constructor(parts: TaskParts) {
    this.#parts = parts;
  }

  async provideTasks(): Promise<vscode.Task[]> {
    const uris = await this.#parts.index.list();
    return uris.flatMap((uri) => {
      const folder = vscode.workspace.getWorkspaceFolder(uri);
      if (!folder) return [];
      const profile = vscode.workspace.asRelativePath(uri, false);
      return [this.#task({ type: TASK_TYPE, profile }, folder, profile)];
    });
  }

  resolveTask(task: vscode.Task): vscode.Task | undefined {
    const folder = typeof task.scope === 'object' ? task.scope : vscode.workspace.workspaceFolders?.[0];
    return folder && this.#task(task.definition, folder, task.name);
  }

  #task(definition: vscode.TaskDefinition, folder: vscode.WorkspaceFolder, name: string): vscode.Task {
    const execution = new vscode.CustomExecution((resolved) =>
      Promise.resolve(new TaskTerminal(this.#parts, folder, resolved)),
    );
    const task = new vscode.Task(definition, folder, name, TASK_TYPE, execution, '$wsprobe');
    task.group = vscode.TaskGroup.Test;
    task.presentationOptions = { reveal: vscode.TaskRevealKind.Silent };
    return task;
  }
}

/** What a terminal is asked, and what it answers (ECMA-48 DSR). */
const ASK_STATUS = '\u001b[5n';
const STATUS = '\u001b[0n';
const CTRL_C = '\u0003';
/** The matcher looks for the file of a line before it takes it. */
const MATCH_MS = 500;
/** For a terminal that answers nothing. */
const LONGEST_WAIT_MS = 3000;

class TaskTerminal implements vscode.Pseudoterminal {
  readonly #parts: TaskParts;
  readonly #folder: vscode.WorkspaceFolder;
  readonly #definition: vscode.TaskDefinition;
  readonly #written = new vscode.EventEmitter<string>();
  readonly #closed = new vscode.EventEmitter<number>();
  readonly #ended = new AbortController();
  readonly #shown = new AbortController();
  #hasProblems = false;
  readonly onDidWrite = this.#written.event;
  readonly onDidClose = this.#closed.event;

  constructor(parts: TaskParts, folder: vscode.WorkspaceFolder, definition: vscode.TaskDefinition) {
    this.#parts = parts;
    this.#folder = folder;
    this.#definition = definition;
  }

  open(): void {
    void this.#run().then(async (code) => {
      if (this.#hasProblems) await this.#untilMatched();
      this.#closed.fire(code);
    });
  }

  handleInput(data: string): void {
    if (data.includes(STATUS)) this.#shown.abort();
    if (data.includes(CTRL_C)) this.#ended.abort();
  }

  close(): void {
    this.#ended.abort();
  }

  async #run(): Promise<number> {
    let task: ProfileTask;
    try {
      task = readTask(this.#definition);
    } catch (error) {
      this.#print(messageOf(error).message);
      return 2;
    }
    const { probes, check } = this.#parts;
    const uri = vscode.Uri.joinPath(this.#folder.uri, task.profile);
    const { environment } = task;
    const target: Target = environment === null ? { kind: 'file', uri } : { kind: 'file', uri, environment };
    const subject = probes.get(target);
    const { signal } = this.#ended;
    signal.addEventListener('abort', () => probes.cancel(subject));
    return runTask(task, {
      probe: (isLast: (report: Report) => boolean) => probes.run(subject, { ask: true, isKept: isLast, isTask: true }),
      problems: async () => check(uri, await readProfile(uri), environment),
      tell: messageOf,
      print: (line) => this.#print(line),
      now: () => performance.now(),
      pause: (ms) =>
        sleep(ms, true, { signal }).then(
          () => true,
          () => false,
        ),
    });
  }

  /** A terminal that is new reads its lines late, and the matcher stops with the task: its answer comes when all are read. */
  async #untilMatched(): Promise<void> {
    const signal = AbortSignal.any([this.#shown.signal, this.#ended.signal]);
    this.#written.fire(ASK_STATUS);
    await sleep(LONGEST_WAIT_MS, null, { signal }).catch(() => null);
    if (!this.#ended.signal.aborted) await sleep(MATCH_MS);
  }

  #print(line: string): void {
    this.#hasProblems ||= /: (error|warning): /.test(line);
    this.#written.fire(`${line}\r\n`);
  }
}
