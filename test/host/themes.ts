import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

export interface Theme {
  /** For file names and test titles. */
  readonly name: string;
  /** Value of `workbench.colorTheme`. */
  readonly setting: string;
  /** Class of the workbench and, with `vscode-` before it, of a webview's body. */
  readonly workbenchClass: string;
}

export const themes: readonly Theme[] = [
  { name: 'light', setting: 'Light 2026', workbenchClass: 'vs' },
  { name: 'dark', setting: 'Dark 2026', workbenchClass: 'vs-dark' },
  { name: 'hc-dark', setting: 'Default High Contrast', workbenchClass: 'hc-black' },
  { name: 'hc-light', setting: 'Default High Contrast Light', workbenchClass: 'hc-light' },
];

/** Switches the theme through the settings of the open folder, and waits until the workbench shows it. */
export async function useTheme(page: Page, folder: string, theme: Theme): Promise<void> {
  await mkdir(join(folder, '.vscode'), { recursive: true });
  await writeFile(join(folder, '.vscode/settings.json'), JSON.stringify({ 'workbench.colorTheme': theme.setting }));
  await page.waitForSelector(`.monaco-workbench.${theme.workbenchClass}`);
}
