import type { ComponentChildren } from 'preact';

export interface StatProps {
  readonly name: string;
  readonly title?: string;
  readonly warn?: boolean;
  /** It may take several lines. */
  readonly long?: boolean;
  readonly children: ComponentChildren;
}

/** A figure by its name. */
export function Stat({ name, title, warn, long, children }: StatProps) {
  return (
    <div class={warn ? 'stat stat-warn' : long ? 'stat stat-long' : 'stat'} title={title}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
