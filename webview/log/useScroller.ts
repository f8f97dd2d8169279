import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { type Anchor, type Metrics, scrollTopOf } from './viewport.js';

/** While the element scrolls by itself, the scroll bar is left alone. */
const SETTLE_MS = 200;

/** Something with a window on many rows; the place of the window is its own, the scroll bar only shows it. */
export interface Scrollable {
  readonly anchor: Anchor;
  readonly metrics: Metrics;
  readonly rowPx: number;
  readonly viewPx: number;
  resize(viewPx: number, rowPx: number): void;
  scrollBy(deltaPx: number): void;
  scrolled(fromTop: number, toTop: number): void;
}

/** Keeps a scrolling element and the place of a window in step. `head` stands above the rows and does not scroll. */
export function useScroller(
  scroller: RefObject<HTMLElement>,
  head: RefObject<HTMLElement> | null,
  target: Scrollable,
): void {
  /** Where the scroll bar was last seen or put, and when the element last scrolled by itself. */
  const bar = useRef({ top: 0, movedAt: Number.NEGATIVE_INFINITY, timer: 0 });

  const sync = () => {
    const element = scroller.current;
    if (!element || target.viewPx <= 0) return;
    const top = scrollTopOf(target.anchor, target.metrics);
    window.clearTimeout(bar.current.timer);
    if (Math.abs(top - bar.current.top) < 1) return;
    const wait = bar.current.movedAt + SETTLE_MS - performance.now();
    if (wait > 0) {
      bar.current.timer = window.setTimeout(sync, wait);
      return;
    }
    element.scrollTop = top;
    bar.current.top = element.scrollTop;
  };
  useLayoutEffect(sync);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const room = () => Math.max(0, element.clientHeight - (head?.current?.offsetHeight ?? 0));
    const measure = () => {
      target.resize(room(), rowHeight(element));
      // A window that grows pushes the scroll bar back by itself: nobody has scrolled.
      bar.current.top = element.scrollTop;
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    // Not passive: the wheel moves rows by their own pixels, however much the scroll bar is scaled.
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey || event.deltaY === 0) return;
      event.preventDefault();
      const unit = event.deltaMode === 1 ? target.rowPx : event.deltaMode === 2 ? target.viewPx : 1;
      target.scrollBy(event.deltaY * unit);
    };
    const onScroll = () => {
      if (room() !== target.viewPx) {
        measure();
        return;
      }
      const { scrollTop } = element;
      if (Math.abs(scrollTop - bar.current.top) <= 1) return;
      bar.current.movedAt = performance.now();
      target.scrolled(bar.current.top, scrollTop);
      bar.current.top = scrollTop;
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      window.clearTimeout(bar.current.timer);
      element.removeEventListener('wheel', onWheel);
      element.removeEventListener('scroll', onScroll);
      target.resize(0, target.rowPx);
    };
  }, [scroller, head, target]);
}

/** A row is one line of the editor's font, with some air. */
function rowHeight(element: HTMLElement): number {
  const size = Number.parseFloat(getComputedStyle(element).fontSize);
  return Number.isFinite(size) ? Math.max(16, Math.round(size * 1.6)) : 20;
}
