import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../controls.js';
import { type IconName, icon } from '../shared/icons.js';
import { type MenuAt, stepOf } from '../shared/keys.js';

const MARGIN = 4;
const MIN_HEIGHT = 120;

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
  const close = (refocus: boolean) => {
    setOpen(false);
    if (refocus) root.current?.querySelector<HTMLElement>('.menu-button > *')?.focus();
  };
  return (
    <div ref={root} class="menu">
      <span class="menu-button">
        <Button
          appearance="icon"
          label={label}
          icon={icon(iconName)}
          popup={{ kind: 'menu', open }}
          onClick={() => setOpen(!open)}
        />
      </span>
      {open ? <MenuList id={id} label={label} groups={groups} within={root} onClose={close} /> : null}
    </div>
  );
}

export interface MenuListProps {
  readonly id: string;
  readonly label: string;
  readonly groups: readonly MenuGroup[];
  /** A press outside of it closes the list; the list itself when absent. */
  readonly within?: RefObject<HTMLElement>;
  /** Where the list stands in the window, when it is not below a button. */
  readonly at?: MenuAt;
  /** `refocus`: the focus goes back to where it came from. */
  readonly onClose: (refocus: boolean) => void;
}

/** The open list of a menu: it takes the focus, and the keys of a menu. */
export function MenuList({ id, label, groups, within, at, onClose }: MenuListProps) {
  const list = useRef<HTMLDivElement>(null);
  const items = () => [...(list.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    const { width, height, left, top } = element.getBoundingClientRect();
    if (!at) {
      // It hangs from its button, as far as there is room for it.
      if (left < MARGIN) element.style.insetInlineEnd = `${left - MARGIN}px`;
      element.style.maxHeight = `${Math.max(MIN_HEIGHT, window.innerHeight - top - MARGIN)}px`;
      return;
    }
    element.style.left = `${Math.max(MARGIN, Math.min(at.x, window.innerWidth - width - MARGIN))}px`;
    element.style.top = `${Math.max(MARGIN, Math.min(at.y, window.innerHeight - height - MARGIN))}px`;
  }, [at]);
  // At once: a key that is pressed right after is meant for the menu.
  useLayoutEffect(() => items()[0]?.focus(), []);
  useEffect(() => {
    const outside = (event: Event) => {
      const inside = (within ?? list).current;
      if (event.target instanceof Node && !inside?.contains(event.target)) onClose(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    const all = items();
    const now = all.findIndex((item) => item === document.activeElement);
    const next = stepOf(event.key, now, all.length, 0);
    if (next !== null) all.at(next % all.length)?.focus();
    else if (event.key === 'Escape') onClose(true);
    else if (event.key === 'Tab') {
      onClose(false);
      return;
    } else return;
    event.preventDefault();
  };
  return (
    <div
      ref={list}
      class={at ? 'menu-list menu-free' : 'menu-list'}
      role="menu"
      id={id}
      aria-label={label}
      onKeyDown={onKeyDown}
    >
      {groups
        .filter((group) => group.items.length > 0)
        .map((group) => (
          <div key={group.label} role="group" aria-label={group.label} class="menu-group">
            {group.items.map((item) => (
              <Item key={item.label} item={item} done={() => onClose(true)} />
            ))}
          </div>
        ))}
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
