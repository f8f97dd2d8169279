import { useLayoutEffect } from 'preact/hooks';

/** What Ctrl+Enter does in the panel that is open; null where nothing can be sent. */
export interface Submit {
  current: (() => void) | null;
}

export function useSubmit(submit: Submit, act: (() => void) | null): void {
  useLayoutEffect(() => {
    submit.current = act;
    return () => {
      submit.current = null;
    };
  });
}
