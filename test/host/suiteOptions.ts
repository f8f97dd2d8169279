import type { Workbench, WorkbenchOptions } from './workbench.js';

export interface SuiteOptions extends WorkbenchOptions {
  readonly extensionDir: string;
  readonly suite: string;
  /** A suite that has not ended by then is a failure; ten minutes unless told. */
  readonly timeoutMs?: number;
  /** Called with the workbench once it is open; server build only. */
  readonly onOpen?: (workbench: Workbench) => void | Promise<void>;
}
