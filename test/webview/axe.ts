import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { changeTheme } from './harness.js';
import { THEME_NAMES } from './themes.js';

const AXE = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Rows of the log are alike: the first ones stand for the others. */
const WHERE = { exclude: [['.log-row:nth-child(n+9)']] };

/** Themes differ in nothing but colours: everything else is asked for in one of them. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];
const [FULL_THEME, ...OTHER_THEMES] = THEME_NAMES;

/** The theme that a page has to stand in before all are looked at. */
export const FIRST_THEME = FULL_THEME;

export async function loadAxe(page: Page): Promise<void> {
  await page.evaluate(AXE);
}

/** All that axe-core finds, with the places. */
export async function allViolations(page: Page): Promise<readonly string[]> {
  return (await found(page, null)).flatMap(told);
}

/** What axe-core calls serious or critical, in every theme, one after the other on the page as it stands. */
export async function seriousViolations(page: Page): Promise<string[]> {
  const all = (await serious(page, null)).map((text) => `${FULL_THEME}: ${text}`);
  for (const theme of OTHER_THEMES) {
    await changeTheme(page, theme);
    all.push(...(await serious(page, COLOUR_RULES)).map((text) => `${theme}: ${text}`));
  }
  await changeTheme(page, FULL_THEME);
  return all;
}

async function serious(page: Page, rules: readonly string[] | null): Promise<string[]> {
  const bad = (await found(page, rules)).filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return bad.flatMap(told);
}

async function found(page: Page, rules: readonly string[] | null): Promise<readonly Violation[]> {
  const options = rules === null ? {} : { runOnly: { type: 'rule', values: rules } };
  const violations = await page.evaluate(
    async ({ given, where }) => {
      const { axe } = window as unknown as {
        axe: { run(context: unknown, options: unknown): Promise<{ violations: unknown }> };
      };
      return (await axe.run(where, { ...given, preload: false, resultTypes: ['violations'] })).violations;
    },
    { given: options, where: WHERE },
  );
  return violations as readonly Violation[];
}

function told({ id, nodes }: Violation): string[] {
  return nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`);
}
