/** Where a key leads in a list of `count`: beyond its ends, too; null for every other key. */
export function stepOf(key: string, at: number, count: number, page = 10): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: count - 1,
  };
  return steps[key] ?? null;
}

/** Where the menu of an element stands that a key asked for. */
export interface MenuAt {
  readonly x: number;
  readonly y: number;
}

export function isMenuKey({ key, shiftKey }: KeyboardEvent): boolean {
  return key === 'ContextMenu' || (key === 'F10' && shiftKey);
}

export function menuBelow(element: Element): MenuAt {
  const { left, bottom } = element.getBoundingClientRect();
  return { x: left + 24, y: bottom };
}
