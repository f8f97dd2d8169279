import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';

/** When what has the focus inside `root` goes, or can no longer have it, the focus goes to `heir` and never to nothing. */
export function useKeptFocus(root: RefObject<HTMLElement>, heir: (root: HTMLElement) => HTMLElement | null): void {
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    let focused: EventTarget | null = null;
    const onIn = (event: FocusEvent) => (focused = event.target);
    const onOut = ({ target }: FocusEvent) => {
      // Told before it goes: only later is it known whether it has. Who points at an empty place wants no focus.
      setTimeout(() => {
        const isThere = target instanceof Element && target.isConnected && !isDisabled(target);
        if (focused === target && isThere && document.activeElement !== target) focused = null;
      });
    };
    const look = () => {
      // What has it outside of this page, a list of VS Code's own, keeps it.
      if (!document.hasFocus()) return;
      const { activeElement } = document;
      const isLost = !activeElement || activeElement === document.body || isDisabled(activeElement);
      if (!(focused instanceof Element) || !isLost || (focused.isConnected && !isDisabled(focused))) return;
      focused = null;
      heir(element)?.focus();
    };
    const observer = new MutationObserver(look);
    observer.observe(element, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] });
    element.addEventListener('focusin', onIn);
    element.addEventListener('focusout', onOut);
    return () => {
      observer.disconnect();
      element.removeEventListener('focusin', onIn);
      element.removeEventListener('focusout', onOut);
    };
  }, []);
}

function isDisabled(element: Element): boolean {
  return element.hasAttribute('disabled');
}
