import * as vscode from 'vscode';
import type { TestNode } from '../../core/language/tests.js';
import type { EngineClient } from '../../engine/client.js';
import { nameOf, readProfile } from '../profileFiles.js';
import { lineRange } from './testMessages.js';

/** What a profile held when it was read for a run. */
export interface ReadTests {
  /** Null: it could not be read. */
  readonly text: string | null;
  readonly nodes: readonly TestNode[];
}

/** The items of a Test Explorer: each profile, and below it its clients and steps once somebody looks. */
export class TestItems {
  readonly #controller: vscode.TestController;
  readonly #engine: Pick<EngineClient, 'request'>;
  /** As each root was read last. */
  readonly #texts = new WeakMap<vscode.TestItem, string | null>();
  /** What a run tells of is there until it is told; true where the profile changed meanwhile. */
  readonly #running = new Map<vscode.TestItem, boolean>();

  constructor(controller: vscode.TestController, engine: Pick<EngineClient, 'request'>) {
    this.#controller = controller;
    this.#engine = engine;
  }

  get all(): vscode.TestItemCollection {
    return this.#controller.items;
  }

  known(uri: vscode.Uri): vscode.TestItem | undefined {
    return this.#controller.items.get(uri.toString());
  }

  /** The item of a profile; made on first sight. */
  of(uri: vscode.Uri): vscode.TestItem {
    const known = this.known(uri);
    if (known) return known;
    const item = this.#controller.createTestItem(uri.toString(), nameOf(uri), uri);
    // Two profiles may have one name.
    item.description = vscode.workspace.asRelativePath(uri);
    item.canResolveChildren = true;
    item.range = lineRange(0);
    this.#controller.items.add(item);
    return item;
  }

  keep(uris: readonly vscode.Uri[]): void {
    this.#controller.items.replace(uris.map((uri) => this.of(uri)));
  }

  /** Whether a profile is another one than was read last; a watcher tells of more than that. */
  async hasChanged(root: vscode.TestItem): Promise<boolean> {
    if (!root.uri || !this.#texts.has(root)) return false;
    return (await readProfile(root.uri).catch(() => null)) !== this.#texts.get(root);
  }

  /** The items of a root stay as they were filled while this is at work, and follow the profile then. */
  async during<T>(root: vscode.TestItem, work: () => Promise<T>): Promise<T> {
    this.#running.set(root, false);
    try {
      return await work();
    } finally {
      const hasChanged = this.#running.get(root) === true;
      this.#running.delete(root);
      if (hasChanged) await this.fill(root);
    }
  }

  /** As `fill`, once no run tells of what is there. */
  async refill(root: vscode.TestItem): Promise<void> {
    if (this.#running.has(root)) this.#running.set(root, true);
    else await this.fill(root);
  }

  /** Reads the profile of a root, and gives it the items of what it holds. */
  async fill(root: vscode.TestItem): Promise<ReadTests> {
    if (!root.uri || root.parent) return { text: null, nodes: [] };
    const text = await readProfile(root.uri).catch(() => null);
    this.#texts.set(root, text);
    const nodes = text === null ? [] : await this.#engine.request('languageTests', { text });
    root.children.replace(nodes.map((node) => this.#below(root, node)));
    return { text, nodes };
  }

  #below(root: vscode.TestItem, { id, label, line, children }: TestNode): vscode.TestItem {
    const item = this.#controller.createTestItem(`${root.id} ${id}`, label, root.uri);
    item.range = lineRange(line);
    item.children.replace(children.map((child) => this.#below(root, child)));
    return item;
  }
}

/** The profiles that a request is about with what it names of each; none named: all of it. */
export function rootsOf(
  { include, exclude = [] }: Pick<vscode.TestRunRequest, 'include' | 'exclude'>,
  all: vscode.TestItemCollection,
): ReadonlyMap<vscode.TestItem, readonly vscode.TestItem[]> {
  const roots = new Map<vscode.TestItem, vscode.TestItem[]>();
  const add = (item: vscode.TestItem): void => {
    const root = topOf(item);
    if (exclude.includes(item) || exclude.includes(root)) return;
    roots.set(root, [...(roots.get(root) ?? []), ...(item === root ? [] : [item])]);
  };
  if (include) include.forEach(add);
  else all.forEach(add);
  return roots;
}

function topOf(item: vscode.TestItem): vscode.TestItem {
  return item.parent ? topOf(item.parent) : item;
}
