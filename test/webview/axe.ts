import type { Page } from 'playwright-core';
import { AXE, changeTheme } from './harness.js';
import { THEME_NAMES } from './themes.js';

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Rows of the log are alike: the first ones stand for the others. */
const ROWS = '.log-row:nth-child(n+9)';

/** Themes differ in nothing but colours: everything else is asked for in one of them. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];
const [FULL_THEME] = THEME_NAMES;

/** The theme that a page has to stand in before all are looked at. */
export const FIRST_THEME = FULL_THEME;

/** Into a page of any kind. */
export async function injectAxe(page: Page): Promise<void> {
  await page.evaluate(AXE);
}

/** All that axe-core finds, with the places. */
export async function allViolations(page: Page): Promise<readonly string[]> {
  return (await found(page, {})).flatMap((each) => told(each, 'as it is'));
}

/** By theme: the looks of texts whose colours axe-core has judged. Two pages have most of them in common. */
const judged = new Map(THEME_NAMES.map((theme) => [theme, new Set<string>()]));

/**
 * What axe-core calls serious or critical, in every theme, one after the other on the page as it stands; but for colours,
 * `within` a part where the rest was looked at.
 */
export async function seriousViolations(page: Page, within: string | null = null): Promise<string[]> {
  const others = Object.fromEntries(COLOUR_RULES.map((rule) => [rule, { enabled: false }]));
  const all = (await found(page, { rules: others }, within))
    .filter(isSerious)
    .flatMap((each) => told(each, FULL_THEME));
  for (const [theme, before] of judged) {
    if (theme !== FULL_THEME) await changeTheme(page, theme);
    const { looks, violations } = await page.evaluate(judgeColours, {
      before: [...before],
      exclude: ROWS,
      rules: COLOUR_RULES,
    });
    all.push(...violations.filter(isSerious).flatMap((each) => told(each, theme)));
    // One that is found is found again when the test is run again.
    if (violations.length === 0) for (const look of looks) before.add(look);
  }
  await changeTheme(page, FULL_THEME);
  return all;
}

interface Judgement {
  readonly looks: readonly string[];
  readonly violations: readonly Violation[];
}

/**
 * Runs in the page: the colour rules on one text of each look that was not there before. A look is all that contrast comes from:
 * the colours and size of a text, and what lies behind it.
 */
async function judgeColours(asked: {
  readonly before: readonly string[];
  readonly exclude: string;
  readonly rules: readonly string[];
}): Promise<Judgement> {
  const grounds = new Map<Element, string>();
  const groundOf = (element: Element): string => {
    const known = grounds.get(element);
    if (known !== undefined) return known;
    const { backgroundColor, backgroundImage, opacity, position, filter } = getComputedStyle(element);
    const own = [backgroundColor, backgroundImage, opacity, position, filter].join(' ');
    const above = element.parentElement ? groundOf(element.parentElement) : '';
    // What is as if it were not there.
    const ground = own === 'rgba(0, 0, 0, 0) none 1 static none' ? above : `${own}\n${above}`;
    grounds.set(element, ground);
    return ground;
  };
  const isSeen = (element: Element): boolean => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    if (right <= left || bottom <= top || right <= 0 || bottom <= 0) return false;
    for (let around = element.parentElement; around; around = around.parentElement) {
      if (getComputedStyle(around).overflow === 'visible') continue;
      const box = around.getBoundingClientRect();
      if (box.right <= left || box.left >= right || box.bottom <= top || box.top >= bottom) return false;
    }
    return element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  };
  const speaks = (element: Element): boolean =>
    'value' in element ||
    [...element.childNodes].some(({ nodeType, nodeValue }) => nodeType === 3 && nodeValue?.trim());
  const before = new Set(asked.before);
  const fresh = new Map<string, Element>();
  for (const element of document.body.querySelectorAll('*')) {
    if (!speaks(element) || element.closest(asked.exclude)) continue;
    const { color, fontSize, fontWeight, textDecorationLine, textShadow } = getComputedStyle(element);
    // axe-core asks nothing of what is disabled, something else of a link; what a control has inside is seen by its name.
    const isDisabled = element.closest(':disabled, [disabled], [aria-disabled="true"]') !== null;
    const control = element.shadowRoot && [element.className, element.getAttribute('appearance')].join(' ');
    const kind = [isDisabled, element.localName === 'a', control];
    const look = [color, fontSize, fontWeight, textDecorationLine, textShadow, ...kind, groundOf(element)].join(' ');
    if (!before.has(look) && !fresh.has(look) && isSeen(element)) fresh.set(look, element);
  }
  if (fresh.size === 0) return { looks: [], violations: [] };
  const { axe } = window as unknown as {
    axe: { run(context: unknown, options: unknown): Promise<{ violations: Violation[] }> };
  };
  const { violations } = await axe.run([...fresh.values()], {
    runOnly: { type: 'rule', values: asked.rules },
    preload: false,
    resultTypes: ['violations'],
  });
  return { looks: [...fresh.keys()], violations };
}

async function found(page: Page, options: object, within: string | null = null): Promise<readonly Violation[]> {
  const violations = await page.evaluate(
    async ({ given, where }) => {
      const { axe } = window as unknown as {
        axe: { run(context: unknown, options: unknown): Promise<{ violations: unknown }> };
      };
      return (await axe.run(where, { ...given, preload: false, resultTypes: ['violations'] })).violations;
    },
    { given: options, where: { ...(within === null ? {} : { include: [[within]] }), exclude: [[ROWS]] } },
  );
  return violations as readonly Violation[];
}

function isSerious({ impact }: Violation): boolean {
  return impact === 'serious' || impact === 'critical';
}

function told({ id, nodes }: Violation, theme: string): string[] {
  return nodes.map((node) => `${theme}: ${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`);
}
