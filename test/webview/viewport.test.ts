import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { RowWindow } from '../../webview/log/rowWindow.js';
import {
  anchorAt,
  anchorOfScrollTop,
  centre,
  endAnchor,
  endPx,
  isAtEnd,
  isScaled,
  MAX_SPACER_PX,
  type Metrics,
  moveBy,
  positionOf,
  reveal,
  scrolled,
  scrollTopOf,
  spacerPx,
  visibleRows,
} from '../../webview/log/viewport.js';

const metrics: fc.Arbitrary<Metrics> = fc.record({
  rows: fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 300_000_000 })),
  rowPx: fc.integer({ min: 16, max: 40 }),
  viewPx: fc.integer({ min: 1, max: 4000 }),
});
const share = fc.double({ min: 0, max: 1, noNaN: true });
const placed = fc
  .tuple(metrics, share)
  .map(([given, part]) => ({ given, anchor: anchorAt(endPx(given) * part, given) }));

describe('a window on a log', () => {
  it('never makes the page higher than a browser can lay out', () => {
    fc.assert(fc.property(metrics, (given) => spacerPx(given) <= MAX_SPACER_PX));
  });

  it('stays inside: no place before the first row, none after the last', () => {
    fc.assert(
      fc.property(metrics, fc.double({ min: -1e9, max: 1e12, noNaN: true }), (given, px) => {
        const position = positionOf(anchorAt(px, given), given);
        assert.ok(position >= 0 && position <= endPx(given) + 1e-6);
      }),
    );
  });

  it('reaches every row, whole, whatever the number of rows', () => {
    fc.assert(
      fc.property(placed, share, ({ given, anchor }, part) => {
        fc.pre(given.rows > 0 && given.viewPx >= given.rowPx);
        const row = Math.min(given.rows - 1, Math.floor(part * given.rows));
        for (const there of [reveal(anchor, row, given), centre(row, given)]) {
          const top = row * given.rowPx - positionOf(there, given);
          assert.ok(top >= -1e-6 && top + given.rowPx <= given.viewPx + 1e-6, `row ${row} at ${top}`);
          const { first, end } = visibleRows(there, given);
          assert.ok(row >= first && row < end);
        }
      }),
    );
  });

  it('does not move to reveal what shows already', () => {
    fc.assert(
      fc.property(placed, ({ given, anchor }) => {
        const { first, end } = visibleRows(anchor, given);
        fc.pre(end - first > 2);
        assert.deepEqual(reveal(anchor, first + 1, given), anchor);
      }),
    );
  });

  it('moves there and back by the same pixels to the same place, away from the ends', () => {
    fc.assert(
      fc.property(placed, fc.integer({ min: -5000, max: 5000 }), ({ given, anchor }, delta) => {
        const target = positionOf(anchor, given) + delta;
        fc.pre(target >= 0 && target <= endPx(given));
        const back = moveBy(moveBy(anchor, delta, given), -delta, given);
        assert.ok(Math.abs(positionOf(back, given) - positionOf(anchor, given)) < 1e-6);
      }),
    );
  });

  it('keeps its place when rows are added: nothing jumps', () => {
    fc.assert(
      fc.property(placed, fc.integer({ min: 1, max: 10_000_000 }), ({ given, anchor }, more) => {
        const grown = { ...given, rows: given.rows + more };
        const after = anchorAt(positionOf(anchor, given), grown);
        assert.equal(positionOf(after, grown), positionOf(anchor, given));
        assert.equal(visibleRows(after, grown).first, anchor.row);
      }),
    );
  });

  it('keeps the scroll bar in order: further down is further down, the ends are the ends', () => {
    fc.assert(
      fc.property(metrics, share, share, (given, a, b) => {
        const top = (part: number) => scrollTopOf(anchorAt(endPx(given) * part, given), given);
        assert.ok(a <= b ? top(a) <= top(b) + 1e-6 : top(a) + 1e-6 >= top(b));
        assert.equal(top(0), 0);
        const most = Math.max(0, spacerPx(given) - given.viewPx);
        assert.ok(Math.abs(top(1) - most) < 1e-6);
      }),
    );
  });

  it('goes where the scroll bar is put, to a pixel of the bar', () => {
    fc.assert(
      fc.property(metrics, share, (given, part) => {
        fc.pre(endPx(given) > 0);
        const top = Math.max(0, spacerPx(given) - given.viewPx) * part;
        assert.ok(Math.abs(scrollTopOf(anchorOfScrollTop(top, given), given) - top) < 1e-3);
        assert.ok(isAtEnd(anchorOfScrollTop(spacerPx(given) - given.viewPx, given), given));
      }),
    );
  });

  it('moves by its own pixels for a small step of a scaled bar, and by share for a drag', () => {
    const given = { rows: 1_000_000, rowPx: 21, viewPx: 600 };
    assert.ok(isScaled(given));
    const middle = anchorAt(10_000_000, given);
    const top = scrollTopOf(middle, given);
    assert.equal(positionOf(scrolled(middle, top, top + 120, given), given), 10_000_120);
    const dragged = scrolled(middle, top, top + 13_000, given);
    assert.ok(Math.abs(positionOf(dragged, given) - 10_000_000 - 13_000 * (21 / 8)) < 100);
    assert.deepEqual(scrolled(middle, top, MAX_SPACER_PX - 600, given), endAnchor(given));
  });

  it('shows no more rows than fit, and every one of them', () => {
    fc.assert(
      fc.property(placed, ({ given, anchor }) => {
        const { first, end } = visibleRows(anchor, given);
        assert.ok(end - first <= Math.ceil(given.viewPx / given.rowPx) + 1);
        assert.ok(end === given.rows || end * given.rowPx >= positionOf(anchor, given) + given.viewPx);
      }),
    );
  });
});

describe('the rows at hand', () => {
  const filled = (from: number, count: number) => {
    const rows = new RowWindow<number>();
    rows.put(
      from,
      Array.from({ length: count }, (_, index) => from + index),
    );
    return rows;
  };

  it('asks for the shortest range that closes every gap', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(60)), fc.nat(60), fc.nat(30), (have, first, count) => {
        const rows = new RowWindow<number>();
        for (const position of have) rows.put(position, [position]);
        const end = first + count;
        const missing = Array.from({ length: count }, (_, index) => first + index).filter(
          (each) => !have.includes(each),
        );
        const range = rows.missing(first, end);
        if (missing.length === 0) assert.equal(range, null);
        else assert.deepEqual(range, { from: missing[0], count: (missing.at(-1) ?? 0) - (missing[0] ?? 0) + 1 });
      }),
    );
  });

  it('keeps a doubtful row in sight until it was fetched again', () => {
    const rows = filled(0, 10);
    rows.doubt(8);
    assert.equal(rows.get(9), 9);
    assert.deepEqual(rows.missing(0, 10), { from: 8, count: 2 });
    rows.put(8, [80, 90]);
    assert.equal(rows.missing(0, 10), null);
    assert.equal(rows.get(9), 90);
  });

  it('moves with its rows when others are dropped in front', () => {
    const rows = filled(100, 10);
    rows.shift(-105);
    assert.equal(rows.get(0), 105);
    assert.equal(rows.get(4), 109);
    assert.equal(rows.size, 5);
  });

  it('forgets what is far away, and never what is near', () => {
    const rows = filled(0, 5000);
    rows.trim(2000, 2040);
    assert.ok(rows.size <= 1000);
    assert.equal(rows.missing(1900, 2140), null);
  });
});
