import type { RefObject } from 'preact';
import { clampSplit, MAX_SPLIT, MIN_SPLIT } from '../session/sessionViewState.js';
import { detailWords } from './strings.js';

const STEP = 0.03;

export interface SplitterProps {
  readonly panes: RefObject<HTMLElement>;
  /** The second pane's share. */
  readonly split: number;
  readonly onChange: (split: number) => void;
}

/** The ARIA window splitter: dragged, or moved with the arrow keys. Stands or lies as the panes do. */
export function Splitter({ panes, split, onChange }: SplitterProps) {
  const at = (event: PointerEvent) => {
    const element = panes.current;
    if (!element) return;
    const box = element.getBoundingClientRect();
    const stacked = getComputedStyle(element).flexDirection === 'column';
    const share = stacked ? (box.bottom - event.clientY) / box.height : (box.right - event.clientX) / box.width;
    onChange(clampSplit(share));
  };
  return (
    <div
      class="splitter"
      role="separator"
      tabIndex={0}
      aria-label={detailWords.pane.splitter}
      aria-valuenow={Math.round(split * 100)}
      aria-valuemin={MIN_SPLIT * 100}
      aria-valuemax={MAX_SPLIT * 100}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        event.preventDefault();
        event.currentTarget.focus();
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) at(event);
      }}
      onKeyDown={(event) => {
        const wider = event.key === 'ArrowLeft' || event.key === 'ArrowUp';
        const narrower = event.key === 'ArrowRight' || event.key === 'ArrowDown';
        if (!wider && !narrower) return;
        event.preventDefault();
        onChange(clampSplit(split + (wider ? STEP : -STEP)));
      }}
    />
  );
}
