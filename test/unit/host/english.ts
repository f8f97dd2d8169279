import type { Localizer } from '../../../src/host/localizer.js';

/** What `vscode.l10n` does where there is no translation. */
export const ENGLISH: Localizer = {
  t: (message, ...args) => message.replaceAll(/\{(\d+)\}/g, (hole, index) => String(args[Number(index)] ?? hole)),
};
