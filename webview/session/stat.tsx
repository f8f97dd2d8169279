import type { ComponentChildren } from 'preact';

export interface StatProps {
  readonly name: string;
  readonly title?: string;
  readonly warn?: boolean;
  readonly children: ComponentChildren;
}

/** A figure by its name. */
export function Stat({ name, title, warn, children }: StatProps) {
  return (
    <div class={warn ? 'stat stat-warn' : 'stat'} title={title}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
