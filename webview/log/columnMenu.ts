import type { MenuGroup, MenuItem } from '../session/menu.js';
import { fill } from '../shared/fill.js';
import {
  CHOICES,
  type Column,
  COLUMN_STEP,
  type ColumnsState,
  INITIAL_COLUMNS,
  isShown,
  MAX_PATHS,
  resized,
  toggled,
  withoutPath,
} from './columns.js';
import { logWords } from './strings.js';

export interface ColumnMenuProps {
  readonly state: ColumnsState;
  readonly isShared: boolean;
  readonly change: (state: ColumnsState) => void;
  /** Asks for the path of a new column. */
  readonly onAdd: () => void;
  /** Whose header the menu belongs to, and how wide it is now. */
  readonly column?: Column;
  readonly widthPx?: number;
}

/** Which columns there are; of one of them, how wide it is. */
export function columnGroups(props: ColumnMenuProps): readonly MenuGroup[] {
  const { state, change, isShared, onAdd } = props;
  const text = logWords.columns;
  const full = state.paths.length >= MAX_PATHS;
  return [
    { label: text.width, items: widthItems(props) },
    {
      label: text.label,
      items: [
        ...CHOICES.map((name) => ({
          label: logWords.rows.columns[name],
          checked: isShown(state, name, isShared),
          onPick: () => change(toggled(state, name, isShared)),
        })),
        ...state.paths.map((path) => ({
          label: fill(text.remove, { path }),
          checked: true,
          onPick: () => change(withoutPath(state, path)),
        })),
      ],
    },
    {
      label: text.more,
      items: [
        { label: text.add, obstacle: full ? fill(text.full, { count: MAX_PATHS }) : null, onPick: onAdd },
        {
          label: text.reset,
          obstacle: isInitial(state) ? text.isReset : null,
          onPick: () => change(INITIAL_COLUMNS),
        },
      ],
    },
  ];
}

function widthItems({ state, change, column, widthPx = 0 }: ColumnMenuProps): readonly MenuItem[] {
  const text = logWords.columns;
  if (!column || column.width === null) return [];
  const { id } = column;
  return [
    { label: text.wider, onPick: () => change(resized(state, id, widthPx + 2 * COLUMN_STEP)) },
    { label: text.narrower, onPick: () => change(resized(state, id, widthPx - 2 * COLUMN_STEP)) },
    {
      label: text.usual,
      obstacle: state.widths[id] === undefined ? text.isUsual : null,
      onPick: () => change(resized(state, id, null)),
    },
  ];
}

function isInitial({ chosen, widths, paths }: ColumnsState): boolean {
  return Object.keys(chosen).length + Object.keys(widths).length + paths.length === 0;
}
