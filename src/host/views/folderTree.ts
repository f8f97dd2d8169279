/** A folder of a tree that leaves out what holds one folder and nothing else: its name says the way. */
export interface Folder<T> {
  readonly name: string;
  /** From the top. */
  readonly path: string;
  readonly folders: readonly Folder<T>[];
  readonly items: readonly T[];
}

/** Items by the folders of their paths (`a/b/c.wsprobe`), in the order given; the top itself has no name. */
export function folderTree<T>(entries: readonly (readonly [path: string, item: T])[]): Folder<T> {
  return grow(
    '',
    '',
    entries.map(([path, item]) => [path.split('/'), item] as const),
  );
}

type Entry<T> = readonly [parts: readonly string[], item: T];

function grow<T>(name: string, path: string, entries: readonly Entry<T>[]): Folder<T> {
  const items = entries.filter(([parts]) => parts.length === 1).map(([, item]) => item);
  const below = new Map<string, Entry<T>[]>();
  for (const [[first = '', ...rest], item] of entries) {
    if (rest.length === 0) continue;
    const known = below.get(first) ?? [];
    below.set(first, known);
    known.push([rest, item]);
  }
  const folders = [...below].map(([first, within]) =>
    joined(grow(first, path === '' ? first : `${path}/${first}`, within)),
  );
  return { name, path, folders, items };
}

function joined<T>(folder: Folder<T>): Folder<T> {
  const [only] = folder.folders;
  if (!only || folder.folders.length > 1 || folder.items.length > 0) return folder;
  return { ...only, name: `${folder.name}/${only.name}` };
}

/** All of a folder, those of the folders below it first. */
export function itemsIn<T>({ folders, items }: Folder<T>): readonly T[] {
  return [...folders.flatMap(itemsIn), ...items];
}
