import { hexText } from '../../src/core/text/hex.js';
import type { LogRow } from '../../src/protocol/session.js';
import { type MenuGroup, type MenuItem, MenuList } from '../session/menu.js';
import type { SessionViewState } from '../session/sessionViewState.js';
import { fill } from '../shared/fill.js';
import type { Actions } from '../shared/parts.js';
import { visibleParts } from '../shared/visibleText.js';
import type { MenuPlace } from './logGrid.js';
import type { LogModel } from './logModel.js';
import { MAX_PATHS, withPath } from './columns.js';
import { base64Text, bytesOf, draftOf, filterOf, isMessage } from './rowActs.js';
import { logWords } from './strings.js';

export interface RowMenuProps {
  readonly log: LogModel;
  readonly row: LogRow;
  readonly at: MenuPlace;
  /** Something can be sent now. */
  readonly live: boolean;
  readonly actions: Actions;
  readonly view: Pick<SessionViewState, 'columns' | 'filter'>;
  readonly change: (change: Partial<SessionViewState>) => void;
  readonly onCopy: () => void;
  readonly onOrigin: () => void;
  readonly onProblem: (error: unknown) => void;
  readonly onClose: (refocus: boolean) => void;
}

/** What can be done with the chosen row. */
export function RowMenu(props: RowMenuProps) {
  return (
    <MenuList
      id="row-menu"
      label={logWords.menu.label}
      at={props.at}
      groups={groupsOf(props)}
      onClose={props.onClose}
    />
  );
}

function groupsOf({
  log,
  row,
  at,
  live,
  actions,
  view,
  change,
  onCopy,
  onOrigin,
  onProblem,
}: RowMenuProps): readonly MenuGroup[] {
  const text = logWords.menu;
  const { ask, act } = actions;
  const { mode } = log;
  const about = { id: row.id, mode };
  const attempt = (work: Promise<unknown>) => void work.catch(onProblem);
  const message = isMessage(row) && mode === 'messages';
  const other = log.selection.mate?.row;
  const copyLine = async () => {
    const line = await ask('viewLine', about);
    if (line === null) throw new Error(text.noLine);
    await actions.copy(line);
  };
  const copyBytes = async (write: (bytes: Uint8Array) => string) => {
    await actions.copy(write(await bytesOf(ask, row, mode)));
  };
  const edit = async () => change({ draft: await draftOf(ask, row, mode), panel: 'message' });
  const goToPair = async () => {
    const id = await ask('viewPair', { id: row.id });
    if (id === null || !(await log.jump(id))) throw new Error(text.noPair);
  };
  const sending = [
    {
      label: text.resend,
      obstacle: message && row.direction === 'sent' ? null : text.notSent,
      onPick: () => act('resend', { id: row.id }),
    },
    { label: text.edit, obstacle: message ? null : text.notMessage, onPick: () => attempt(edit()) },
  ];
  const none = row.kind === 'event' ? text.notMessage : null;
  return [
    {
      label: text.groups.copy,
      items: [
        { label: text.copy, onPick: onCopy },
        { label: text.copyJson, obstacle: none, onPick: () => attempt(copyLine()) },
        { label: text.copyHex, obstacle: none, onPick: () => attempt(copyBytes(hexText)) },
        { label: text.copyBase64, obstacle: none, onPick: () => attempt(copyBytes(base64Text)) },
      ],
    },
    { label: text.groups.send, items: live ? sending : [] },
    {
      label: text.groups.find,
      items: [
        ...valueItems(filterOf(row, at.cell), view, change),
        { label: text.pair, obstacle: message ? null : text.notMessage, onPick: () => attempt(goToPair()) },
        { label: text.origin, onPick: onOrigin },
        { label: text.mark, checked: row.marked, onPick: () => attempt(log.toggleMark()) },
      ],
    },
    {
      label: text.groups.file,
      items: [
        {
          label: text.compare,
          obstacle: other ? null : text.noSecond,
          onPick: () => other && act('comparePayloads', { ids: [other.id, row.id], mode }),
        },
        { label: text.save, obstacle: none, onPick: () => act('savePayload', about) },
        { label: text.open, obstacle: none, onPick: () => act('openPayload', about) },
      ],
    },
  ];
}

/** What a filter finds alone, and the value that it names as a column. */
export function valueItems(
  filter: string,
  { columns, filter: now }: Pick<SessionViewState, 'columns' | 'filter'>,
  change: RowMenuProps['change'],
): readonly MenuItem[] {
  const text = logWords.menu;
  const path = /^(\$\S+)(?: ==|$)/.exec(filter)?.[1];
  const canAdd = path !== undefined && !columns.paths.includes(path) && columns.paths.length < MAX_PATHS;
  return [
    { label: fill(text.filter, { filter: shown(filter) }), onPick: () => change({ filter }) },
    {
      label: fill(text.hide, { filter: shown(filter) }),
      // What is hidden already stays so.
      onPick: () => change({ filter: `${/\bor\b|\|/.test(now) ? `(${now})` : now} not ${filter}`.trim() }),
    },
    ...(canAdd
      ? [{ label: fill(text.column, { path }), onPick: () => change({ columns: withPath(columns, path) }) }]
      : []),
  ];
}

/** Text of a stranger in a label: nothing in it hides. */
function shown(text: string): string {
  return visibleParts(text)
    .map((part) => part.text)
    .join('');
}
