// @ts-check

/** @typedef {{ readonly imports: readonly { readonly path: string, readonly kind: string, readonly external?: boolean }[] }} Output */

/**
 * The files of the extension's bundle: those that are loaded as it is activated, with `late` also those that come with the
 * first use of what they hold.
 * @param {Readonly<Record<string, Output>>} outputs What the build wrote, by path.
 * @param {{ readonly late: boolean }} which
 * @returns {readonly string[]}
 */
export function extensionParts(outputs, { late }) {
  const loaded = new Set(['dist/extension.js']);
  for (const path of loaded) {
    for (const { path: imported, kind, external } of outputs[path]?.imports ?? []) {
      if (external !== true && (late || kind === 'import-statement')) loaded.add(imported);
    }
  }
  return [...loaded];
}

/**
 * What the extension's package needs: all but the command line and the chunks that nobody else loads. The command line has a
 * package of its own.
 * @template {Output} T
 * @param {Readonly<Record<string, T>>} outputs What the build wrote, by path.
 * @returns {Record<string, T>}
 */
export function withoutCommandLine(outputs) {
  const needed = new Set(Object.keys(outputs).filter((path) => !/^dist\/(cli|chunks)\/.*\.mjs(\.map)?$/.test(path)));
  for (const path of needed)
    for (const { path: imported, external } of outputs[path]?.imports ?? [])
      if (external !== true) needed.add(imported);
  return Object.fromEntries(Object.entries(outputs).filter(([path]) => needed.has(path)));
}
