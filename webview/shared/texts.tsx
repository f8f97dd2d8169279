import type { ComponentChildren } from 'preact';

interface TextProps {
  readonly children: ComponentChildren;
}

/** Words that only a screen reader says. */
export function Hidden({ children }: TextProps) {
  return <span class="visually-hidden">{children}</span>;
}

/** A paragraph beside what matters. */
export function Quiet({ children }: TextProps) {
  return <p class="quiet">{children}</p>;
}

/** Words beside what matters, in the middle of others. */
export function Muted({ children }: TextProps) {
  return <span class="quiet">{children}</span>;
}

/** What stands where there is nothing to show. */
export function Empty({ children }: TextProps) {
  return <p class="empty">{children}</p>;
}

/** What a click does, in the middle of words. */
export function LinkButton({ onClick, children }: TextProps & { readonly onClick: () => void }) {
  return (
    <button type="button" class="link" onClick={onClick}>
      {children}
    </button>
  );
}
