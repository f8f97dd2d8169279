import { hexGroups } from '../../src/core/text/hex.js';
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

/** Bytes of a line, as many as fit; a piece holds a whole number of lines. */
const LINE_BYTES = [16, 8, 4] as const;

/** Between offset, hex and ASCII, in characters. */
const GAPS = 5;

/** A window on the lines of a payload in hex, of any size; the pieces it looks at are fetched as it moves. */
export class HexModel extends Store implements Scrollable {
  readonly payload: PayloadModel;
  anchor: Anchor = TOP;
  rowPx = 20;
  viewPx = 0;
  lineBytes: number = LINE_BYTES[0];

  constructor(payload: PayloadModel) {
    super();
    this.payload = payload;
  }

  get metrics(): Metrics {
    return { rows: Math.ceil(this.payload.total / this.lineBytes), rowPx: this.rowPx, viewPx: this.viewPx };
  }

  visible(): { first: number; end: number } {
    return visibleRows(this.anchor, this.metrics);
  }

  /** The bytes of a line; null while they are not here. */
  line(row: number): Uint8Array | null {
    const at = row * this.lineBytes;
    const piece = this.payload.piece(Math.floor(at / PIECE_BYTES));
    return piece ? piece.subarray(at % PIECE_BYTES, (at % PIECE_BYTES) + this.lineBytes) : null;
  }

  resize(viewPx: number, rowPx: number): void {
    if (viewPx === this.viewPx && rowPx === this.rowPx) return;
    this.viewPx = viewPx;
    this.rowPx = rowPx;
    this.#moveTo(anchorAt(this.anchor.row * rowPx, this.metrics));
  }

  /** The width in characters: the same byte stays at the upper edge. */
  widen(characters: number): void {
    const digits = offsetOf(0, this.payload.total).length;
    const fits = LINE_BYTES.find((bytes) => digits + hexWidth(bytes) + bytes + GAPS <= characters) ?? LINE_BYTES[2];
    if (fits === this.lineBytes) return;
    const at = this.anchor.row * this.lineBytes;
    this.lineBytes = fits;
    this.#moveTo(anchorAt(Math.floor(at / fits) * this.rowPx, this.metrics));
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
      this.payload.want(Math.floor((first * this.lineBytes) / PIECE_BYTES));
      if (end > first) this.payload.want(Math.floor(((end - 1) * this.lineBytes) / PIECE_BYTES));
    }
    this.changed();
  }
}

/** Hex pairs in groups of eight, padded to the width of a whole line. */
export function hexOf(bytes: Uint8Array, lineBytes: number): string {
  return hexGroups(bytes).padEnd(hexWidth(lineBytes));
}

/** Wide enough for the last offset, six digits at least. */
export function offsetOf(at: number, total: number): string {
  return at.toString(16).padStart(Math.max(6, Math.max(0, total - 1).toString(16).length), '0');
}

function hexWidth(lineBytes: number): number {
  return lineBytes * 3 - 1 + (lineBytes > 8 ? 1 : 0);
}
