import { useEffect, useMemo, useRef } from 'preact/hooks';
import { asciiOf } from '../../src/core/text/hex.js';
import { useStore } from '../log/store.js';
import { useScroller } from '../log/useScroller.js';
import { positionOf, spacerPx } from '../log/viewport.js';
import { HexModel, hexOf, offsetOf } from './hexModel.js';
import type { PayloadModel } from './payloadModel.js';
import { detailWords } from './strings.js';

/** Lines are placed from a base that rarely moves: a line far down has no place a browser could count. */
const BASE_LINES = 1000;

/** Offset, hex and ASCII of a payload of any size: only the lines that show exist. */
export function HexView({ payload }: { readonly payload: PayloadModel }) {
  const hex = useMemo(() => new HexModel(payload), [payload]);
  const scroller = useRef<HTMLDivElement>(null);
  useStore(hex, () => [hex.anchor, hex.viewPx, hex.rowPx, hex.lineBytes]);
  useStore(payload, () => [{}]);
  useScroller(scroller, null, hex);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    // Characters of the editor's font are about six tenths of its size wide.
    const widen = () => hex.widen(element.clientWidth / (Number.parseFloat(getComputedStyle(element).fontSize) * 0.61));
    const observer = new ResizeObserver(widen);
    observer.observe(element);
    return () => observer.disconnect();
  }, [hex]);
  // A piece that was waited for may have been overtaken by another wish.
  useEffect(() => payload.subscribe(() => hex.scrollBy(0)), [payload, hex]);

  const { metrics } = hex;
  const { first, end } = hex.visible();
  const base = Math.floor(first / BASE_LINES) * BASE_LINES;
  const lines = Array.from({ length: end - first }, (_, index) => first + index);
  return (
    <div
      ref={scroller}
      class="hex-scroll"
      role="group"
      tabIndex={0}
      aria-label={detailWords.pane.tabs.hex}
      onKeyDown={(event) => {
        if (!event.ctrlKey && !event.metaKey && hex.step(event.key)) event.preventDefault();
      }}
    >
      <div class="log-layer">
        <div class="log-window" style={{ height: `${hex.viewPx}px`, '--log-row': `${hex.rowPx}px` }}>
          <div
            class="log-rows"
            style={{ transform: `translateY(${base * hex.rowPx - positionOf(hex.anchor, metrics)}px)` }}
          >
            {lines.map((row) => {
              const bytes = hex.line(row);
              return (
                <div key={row} class="hex-line" style={{ top: `${(row - base) * hex.rowPx}px` }}>
                  <span class="hex-offset">{offsetOf(row * hex.lineBytes, payload.total)}</span>
                  <span class="hex-bytes">{bytes ? hexOf(bytes, hex.lineBytes) : detailWords.pane.loading}</span>
                  <span class="hex-ascii">{bytes ? asciiOf(bytes) : ''}</span>
                </div>
              );
            })}
          </div>
        </div>
      </div>
      <div class="log-spacer" style={{ height: `${spacerPx(metrics)}px` }} />
    </div>
  );
}
