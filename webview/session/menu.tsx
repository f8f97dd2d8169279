import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../controls.js';
import { type IconName, icon } from '../shared/icons.js';

export interface MenuItem {
  readonly label: string;
  /** Null for what is only done, true or false for what is on or off. */
  readonly checked?: boolean | null;
  /** Why it cannot be done now. */
  readonly obstacle?: string | null;
  readonly onPick: () => void;
}

export interface MenuGroup {
  readonly label: string;
  readonly items: readonly MenuItem[];
}

export interface MenuProps {
  readonly id: string;
  readonly label: string;
  readonly iconName: IconName;
  readonly groups: readonly MenuGroup[];
}

/** The ARIA menu button: arrow keys, Home, End, Escape; what cannot be done stays in the list and says why. */
export function Menu({ id, label, iconName, groups }: MenuProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const items = () => [...(root.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];
  const close = (refocus: boolean) => {
    setOpen(false);
    if (refocus) root.current?.querySelector<HTMLElement>('.menu-button > *')?.focus();
  };
  useEffect(() => {
    if (!open) return;
    items()[0]?.focus();
    const outside = (event: Event) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (!open) return;
    const all = items();
    const at = all.findIndex((item) => item === document.activeElement);
    const to: Readonly<Record<string, number>> = {
      ArrowDown: (at + 1) % all.length,
      ArrowUp: (at - 1 + all.length) % all.length,
      Home: 0,
      End: all.length - 1,
    };
    const next = to[event.key];
    if (next !== undefined) all[next]?.focus();
    else if (event.key === 'Escape') close(true);
    else if (event.key === 'Tab') {
      close(false);
      return;
    } else return;
    event.preventDefault();
  };
  return (
    <div ref={root} class="menu" onKeyDown={onKeyDown}>
      <span class="menu-button">
        <Button
          appearance="icon"
          label={label}
          icon={icon(iconName)}
          popup={{ kind: 'menu', open }}
          onClick={() => setOpen(!open)}
        />
      </span>
      {open ? (
        <div class="menu-list" role="menu" id={id} aria-label={label}>
          {groups
            .filter(({ items }) => items.length > 0)
            .map((group) => (
              <div key={group.label} role="group" aria-label={group.label} class="menu-group">
                {group.items.map((item) => (
                  <Item key={item.label} item={item} done={() => close(true)} />
                ))}
              </div>
            ))}
        </div>
      ) : null}
    </div>
  );
}

function Item({ item, done }: { readonly item: MenuItem; readonly done: () => void }) {
  const { label, checked = null, obstacle = null } = item;
  return (
    <button
      type="button"
      role={checked === null ? 'menuitem' : 'menuitemcheckbox'}
      class="menu-item"
      tabIndex={-1}
      aria-disabled={obstacle !== null}
      {...(checked === null ? {} : { 'aria-checked': checked })}
      onClick={() => {
        if (obstacle !== null) return;
        done();
        item.onPick();
      }}
    >
      <span class="menu-check">{checked === true ? icon('check') : null}</span>
      <span class="menu-label">{label}</span>
      {obstacle === null ? null : <span class="menu-why">{obstacle}</span>}
    </button>
  );
}
