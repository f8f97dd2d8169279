/** Chromium lays out elements of some 33 million pixels; what is higher than this is scaled down to it. */
export const MAX_SPACER_PX = 8_000_000;

/** Rows of one height behind a window of `viewPx`. */
export interface Metrics {
  readonly rows: number;
  readonly rowPx: number;
  readonly viewPx: number;
}

/** Where the window stands: the row at its upper edge, and how much of it is above that edge. The scroll bar follows. */
export interface Anchor {
  readonly row: number;
  readonly offsetPx: number;
}

export const TOP: Anchor = { row: 0, offsetPx: 0 };

function contentPx({ rows, rowPx }: Metrics): number {
  return rows * rowPx;
}

/** Height of the element that gives the scroll bar its length. */
export function spacerPx(metrics: Metrics): number {
  return Math.min(contentPx(metrics), MAX_SPACER_PX);
}

export function isScaled(metrics: Metrics): boolean {
  return contentPx(metrics) > MAX_SPACER_PX;
}

export function positionOf(anchor: Anchor, { rowPx }: Metrics): number {
  return anchor.row * rowPx + anchor.offsetPx;
}

/** The last position: the last row stands whole at the lower edge. */
export function endPx(metrics: Metrics): number {
  return Math.max(0, contentPx(metrics) - metrics.viewPx);
}

export function anchorAt(px: number, metrics: Metrics): Anchor {
  const inside = Math.max(0, Math.min(endPx(metrics), px));
  const row = Math.floor(inside / metrics.rowPx);
  return { row, offsetPx: inside - row * metrics.rowPx };
}

export function moveBy(anchor: Anchor, deltaPx: number, metrics: Metrics): Anchor {
  return anchorAt(positionOf(anchor, metrics) + deltaPx, metrics);
}

export function endAnchor(metrics: Metrics): Anchor {
  return anchorAt(endPx(metrics), metrics);
}

/** Less than a pixel from the end counts: scroll positions are rounded. */
export function isAtEnd(anchor: Anchor, metrics: Metrics): boolean {
  return positionOf(anchor, metrics) >= endPx(metrics) - 1;
}

/** Where the scroll bar stands for an anchor. */
export function scrollTopOf(anchor: Anchor, metrics: Metrics): number {
  const position = Math.min(positionOf(anchor, metrics), endPx(metrics));
  if (!isScaled(metrics)) return position;
  return (position / endPx(metrics)) * (MAX_SPACER_PX - metrics.viewPx);
}

/** Where a scroll bar that a person moved to `scrollTop` points. */
export function anchorOfScrollTop(scrollTop: number, metrics: Metrics): Anchor {
  if (!isScaled(metrics)) return anchorAt(scrollTop, metrics);
  return anchorAt((scrollTop / (MAX_SPACER_PX - metrics.viewPx)) * endPx(metrics), metrics);
}

/**
 * The anchor after the element scrolled by itself. Small steps (wheel, touch) move by their own pixels however much
 * the bar is scaled; a long way is the bar being dragged.
 */
export function scrolled(anchor: Anchor, fromTop: number, toTop: number, metrics: Metrics): Anchor {
  const delta = toTop - fromTop;
  if (!isScaled(metrics) || Math.abs(delta) > metrics.viewPx) return anchorOfScrollTop(toTop, metrics);
  return moveBy(anchor, delta, metrics);
}

/** Rows that show at least in part: `end` is the first one below. */
export function visibleRows(anchor: Anchor, { rows, rowPx, viewPx }: Metrics): { first: number; end: number } {
  const end = Math.min(rows, anchor.row + Math.ceil((viewPx + anchor.offsetPx) / rowPx));
  return { first: Math.min(anchor.row, rows), end: Math.max(end, 0) };
}

/** The nearest place from which the whole of a row shows; where it does already, nothing moves. */
export function reveal(anchor: Anchor, row: number, metrics: Metrics): Anchor {
  const top = row * metrics.rowPx;
  const position = positionOf(anchor, metrics);
  if (top < position) return anchorAt(top, metrics);
  const below = top + metrics.rowPx - metrics.viewPx;
  return below > position ? anchorAt(below, metrics) : anchor;
}

/** A row in the middle of the window. */
export function centre(row: number, metrics: Metrics): Anchor {
  return anchorAt(row * metrics.rowPx - (metrics.viewPx - metrics.rowPx) / 2, metrics);
}

/** Whole rows that fit: the step of PageUp and PageDown. */
export function pageRows({ rowPx, viewPx }: Metrics): number {
  return Math.max(1, Math.floor(viewPx / rowPx) - 1);
}
