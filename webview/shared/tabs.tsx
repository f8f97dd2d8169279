import type { ComponentChildren } from 'preact';
import { stepOf } from './keys.js';

export interface Tab<T extends string> {
  readonly name: T;
  readonly label: ComponentChildren;
}

export interface TabsProps<T extends string> {
  /** Unique on the page: the ids of tabs and panel start with it. */
  readonly id: string;
  readonly label: string;
  readonly tabs: readonly Tab<T>[];
  readonly selected: T;
  readonly compact?: boolean;
  readonly onSelect: (name: T) => void;
  readonly children: ComponentChildren;
}

/** The ARIA tabs pattern, selection following focus; only the selected panel exists. */
export function Tabs<T extends string>({ id, label, tabs, selected, compact, onSelect, children }: TabsProps<T>) {
  const move = (event: KeyboardEvent) => {
    const at = tabs.findIndex((tab) => tab.name === selected);
    const next = tabs[nextIndex(event.key, at, tabs.length)];
    if (!next) return;
    event.preventDefault();
    onSelect(next.name);
    document.getElementById(`${id}-tab-${next.name}`)?.focus();
  };
  return (
    <div class={compact ? 'tabs compact' : 'tabs'}>
      <div class="tablist" role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.name}
            type="button"
            role="tab"
            id={`${id}-tab-${tab.name}`}
            aria-selected={tab.name === selected}
            aria-controls={`${id}-panel`}
            tabIndex={tab.name === selected ? 0 : -1}
            onClick={() => onSelect(tab.name)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div class="tabpanel" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-tab-${selected}`} tabIndex={0}>
        {children}
      </div>
    </div>
  );
}

/** Tabs stand in a ring; -1 for a key that leads nowhere. */
function nextIndex(key: string, at: number, count: number): number {
  const to = stepOf(key.replace('Right', 'Down').replace('Left', 'Up'), at, count, 0);
  return to === null ? -1 : (to + count) % count;
}
