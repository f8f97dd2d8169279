import type { ComponentChildren } from 'preact';

export function StatValue({ children }: { readonly children: ComponentChildren }) {
  return <span class="stat-value">{children}</span>;
}
