import { openWorkbench } from './workbench.js';
import { canRunElectron, runElectron } from './electron.js';
import type { SuiteOptions } from './suiteOptions.js';

export type VscodeKind = 'electron' | 'server';

/** Which VS Code the suites run in: WSPROBE_VSCODE when set, else the desktop one where it can be had and shown. */
export async function chooseVscode(): Promise<VscodeKind> {
  const asked = process.env['WSPROBE_VSCODE'];
  if (asked === 'electron' || asked === 'server') return asked;
  if (asked !== undefined && asked !== '') {
    throw new Error(`WSPROBE_VSCODE is "${asked}"; it takes "electron" or "server".`);
  }
  return (await canRunElectron()) ? 'electron' : 'server';
}

/** Runs a suite in a real VS Code; resolves to its exit code (0 is success). */
export async function runSuite(options: SuiteOptions): Promise<number> {
  return (await chooseVscode()) === 'electron' ? runElectron(options) : runInServer(options);
}

async function runInServer(options: SuiteOptions): Promise<number> {
  const timeoutMs = options.timeoutMs ?? 600_000;
  const workbench = await openWorkbench(options);
  let timer: NodeJS.Timeout | undefined;
  try {
    await options.onOpen?.(workbench);
    const late = new Promise<never>((_, fail) => {
      timer = setTimeout(() => fail(new Error(`The suite did not end within ${timeoutMs / 1000} s.`)), timeoutMs);
    });
    const gone = workbench.server.closed.then(() => {
      throw new Error("VS Code's server ended while the suite ran.");
    });
    return await Promise.race([workbench.suiteExit, late, gone]);
  } finally {
    clearTimeout(timer);
    await workbench.close();
  }
}
