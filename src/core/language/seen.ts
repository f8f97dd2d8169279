const MAX_PATHS = 200;
const MAX_DEPTH = 6;
const MAX_TEXT = 64 * 1024;

/** The JSONPaths of what these messages hold, each once, the shallow ones first; of a list its first item stands for all. */
export function jsonPathsOf(texts: readonly string[]): readonly string[] {
  const found = new Set<string>();
  let level: (readonly [path: string, value: unknown])[] = texts.flatMap((text) => {
    const value = text.length > MAX_TEXT ? undefined : parsed(text);
    return value === undefined ? [] : [['$', value] as const];
  });
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const next: typeof level = [];
    for (const [path, value] of level) {
      for (const child of childrenOf(path, value)) {
        if (found.size >= MAX_PATHS) return [...found];
        found.add(child[0]);
        next.push(child);
      }
    }
    level = next;
  }
  return [...found];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function childrenOf(path: string, value: unknown): readonly (readonly [path: string, value: unknown])[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.length === 0 ? [] : [[`${path}[0]`, value[0]]];
  return Object.entries(value)
    .slice(0, MAX_PATHS)
    .map(([name, child]) => [/^[A-Za-z_]\w*$/.test(name) ? `${path}.${name}` : `${path}[${quoted(name)}]`, child]);
}

function quoted(name: string): string {
  return `'${name.replace(/['\\]/g, '\\$&')}'`;
}
