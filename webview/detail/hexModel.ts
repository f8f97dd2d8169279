import { Store } from '../log/store.js';
import type { Scrollable } from '../log/useScroller.js';
import {
  type Anchor,
  anchorAt,
  type Metrics,
  moveBy,
  pageRows,
  positionOf,
  scrolled,
  TOP,
  visibleRows,
} from '../log/viewport.js';
import { PIECE_BYTES, type PayloadModel } from './payloadModel.js';

export const LINE_BYTES = 16;

/** A window on the lines of a payload in hex, of any size; the pieces it looks at are fetched as it moves. */
export class HexModel extends Store implements Scrollable {
  readonly payload: PayloadModel;
  anchor: Anchor = TOP;
  rowPx = 20;
  viewPx = 0;

  constructor(payload: PayloadModel) {
    super();
    this.payload = payload;
  }

  get metrics(): Metrics {
    return { rows: Math.ceil(this.payload.total / LINE_BYTES), rowPx: this.rowPx, viewPx: this.viewPx };
  }

  visible(): { first: number; end: number } {
    return visibleRows(this.anchor, this.metrics);
  }

  /** The bytes of a line; null while they are not here. */
  line(row: number): Uint8Array | null {
    const at = row * LINE_BYTES;
    const piece = this.payload.piece(Math.floor(at / PIECE_BYTES));
    return piece ? piece.subarray(at % PIECE_BYTES, (at % PIECE_BYTES) + LINE_BYTES) : null;
  }

  resize(viewPx: number, rowPx: number): void {
    if (viewPx === this.viewPx && rowPx === this.rowPx) return;
    this.viewPx = viewPx;
    this.rowPx = rowPx;
    this.#moveTo(anchorAt(this.anchor.row * rowPx, this.metrics));
  }

  scrollBy(deltaPx: number): void {
    this.#moveTo(moveBy(this.anchor, deltaPx, this.metrics));
  }

  scrolled(fromTop: number, toTop: number): void {
    this.#moveTo(scrolled(this.anchor, fromTop, toTop, this.metrics));
  }

  step(key: string): boolean {
    const { metrics } = this;
    const page = pageRows(metrics) * metrics.rowPx;
    const steps: Readonly<Record<string, number>> = {
      ArrowUp: -metrics.rowPx,
      ArrowDown: metrics.rowPx,
      PageUp: -page,
      PageDown: page,
      Home: -positionOf(this.anchor, metrics),
      End: metrics.rows * metrics.rowPx,
    };
    const delta = steps[key];
    if (delta === undefined) return false;
    this.scrollBy(delta);
    return true;
  }

  #moveTo(anchor: Anchor): void {
    this.anchor = anchor;
    const { first, end } = this.visible();
    if (this.viewPx > 0) {
      this.payload.want(Math.floor((first * LINE_BYTES) / PIECE_BYTES));
      if (end > first) this.payload.want(Math.floor(((end - 1) * LINE_BYTES) / PIECE_BYTES));
    }
    this.changed();
  }
}

/** `de ad be ef  …` in two groups of eight, padded to one width. */
export function hexOf(bytes: Uint8Array): string {
  const pairs = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
  return `${pairs.slice(0, 8).join(' ')}  ${pairs.slice(8).join(' ')}`.padEnd(48);
}

/** Printable ASCII, a dot for everything else. */
export function asciiOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
}

/** Wide enough for the last offset, six digits at least. */
export function offsetOf(at: number, total: number): string {
  return at.toString(16).padStart(Math.max(6, Math.max(0, total - 1).toString(16).length), '0');
}
