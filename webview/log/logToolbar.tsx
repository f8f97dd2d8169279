import { Button } from '../controls.js';
import type { SessionViewState } from '../session/sessionViewState.js';
import { Menu, type MenuGroup } from '../session/menu.js';
import { icon } from '../shared/icons.js';
import type { Actions } from '../shared/parts.js';
import { columnGroups } from './columnMenu.js';
import { FilterBox } from './filterBox.js';
import type { LogModel } from './logModel.js';
import { useStore } from './store.js';
import { logWords } from './strings.js';
import { TIME_MODES } from './times.js';

const MODES = ['messages', 'wire', 'conversation'] as const;
type Mode = (typeof MODES)[number];

function modeOf({ mode, conversation }: SessionViewState): Mode {
  return conversation ? 'conversation' : mode;
}

function changeOf(mode: Mode): Partial<SessionViewState> {
  return mode === 'conversation' ? { conversation: true, mode: 'messages' } : { conversation: false, mode };
}

export interface LogToolbarProps {
  readonly log: LogModel;
  /** Rows may still come. */
  readonly live: boolean;
  readonly recording: boolean;
  readonly view: SessionViewState;
  readonly actions: Actions;
  readonly change: (change: Partial<SessionViewState>) => void;
  /** Several connections have this log. */
  readonly isShared: boolean;
  readonly onFind: () => void;
  readonly onAddColumn: () => void;
  readonly onFilter: (filter: string) => void;
}

export function LogToolbar(props: LogToolbarProps) {
  const { log, live, recording, view, actions, change, onFind, onAddColumn, onFilter } = props;
  const { isShared } = props;
  useStore(log, () => [log.problems, log.feed]);
  const text = logWords.rows;
  const viewId = log.feed?.viewId;
  return (
    <div class="log-toolbar">
      <div class="segments log-modes" role="radiogroup" aria-label={text.mode}>
        {MODES.map((mode) => (
          <label key={mode} class="segment" title={text.modeTitles[mode]}>
            <input
              type="radio"
              name="log-mode"
              checked={modeOf(view) === mode}
              onChange={() => change(changeOf(mode))}
            />
            <span>{text.modes[mode]}</span>
          </label>
        ))}
      </div>
      <select
        class="field log-times"
        aria-label={text.times}
        value={view.times}
        onChange={(event) => {
          const times = TIME_MODES.find((mode) => mode === event.currentTarget.value);
          if (times) change({ times });
        }}
      >
        {TIME_MODES.map((mode) => (
          <option key={mode} value={mode} disabled={mode === 'origin' && view.origin === null}>
            {text.timeModes[mode]}
          </option>
        ))}
      </select>
      <FilterBox value={view.filter} problems={log.problems} ask={actions.ask} onChange={onFilter} />
      {live && !view.conversation ? <Follow log={log} /> : null}
      <div class="log-tools">
        {view.conversation ? null : (
          <Button appearance="icon" label={text.find} icon={icon('search')} onClick={onFind} />
        )}
        <Menu
          id="column-menu"
          label={logWords.rows.view}
          iconName="columns"
          groups={[
            ...viewGroups(view, change),
            ...(view.conversation
              ? []
              : columnGroups({
                  state: view.columns,
                  isShared,
                  change: (columns) => change({ columns }),
                  onAdd: onAddColumn,
                })),
          ]}
        />
        <Button
          appearance="icon"
          label={text.openAsText}
          icon={icon('file')}
          disabled={viewId === undefined}
          onClick={() => viewId !== undefined && actions.act('openAsText', { viewId })}
        />
        <SaveConversation log={log} filter={view.filter} actions={actions} />
        {recording ? null : (
          <Button
            appearance="icon"
            label={text.clear}
            icon={icon('clear')}
            onClick={() => actions.act('clear', null)}
          />
        )}
      </div>
    </div>
  );
}

interface SaveConversationProps {
  readonly log: LogModel;
  readonly filter: string;
  readonly actions: Actions;
}

/** Of what the filter shows; of two chosen rows, what lies between them. */
function SaveConversation({ log, filter, actions }: SaveConversationProps) {
  useStore(log, () => [log.selection.cursor?.row?.id, log.selection.mate?.row?.id, log.total === 0]);
  const text = logWords.rows;
  const { cursor, mate } = log.selection;
  const ids = cursor?.row && mate?.row ? ([cursor.row.id, mate.row.id] as const) : null;
  return (
    <Button
      appearance="icon"
      label={ids ? text.saveBetween : filter === '' ? text.saveConversation : text.saveFiltered}
      icon={icon('save')}
      disabled={log.total === 0}
      onClick={() => actions.act('saveConversation', { filter, between: ids ?? undefined })}
    />
  );
}

/** What the controls beside the filter do where there is room for them. */
function viewGroups(view: SessionViewState, change: LogToolbarProps['change']): readonly MenuGroup[] {
  const { times, origin } = view;
  const text = logWords.rows;
  return [
    {
      label: text.mode,
      items: MODES.map((each) => ({
        label: text.modeTitles[each],
        checked: each === modeOf(view),
        onPick: () => change(changeOf(each)),
      })),
    },
    {
      label: text.times,
      items: TIME_MODES.map((each) => ({
        label: text.timeModes[each],
        checked: each === times,
        obstacle: each === 'origin' && origin === null ? text.noOrigin : null,
        onPick: () => change({ times: each }),
      })),
    },
  ];
}

/** Whether the log follows its end; the line below says so in words. */
function Follow({ log }: { readonly log: LogModel }) {
  useStore(log, () => [log.follow]);
  const text = logWords.rows;
  return (
    <div class={log.follow ? 'follow following' : 'follow'}>
      <button
        type="button"
        class="follow-button"
        aria-pressed={log.follow}
        title={log.follow ? text.following : text.toEnd}
        onClick={() => log.setFollow(!log.follow)}
      >
        {icon('follow')}
        <span>{text.follow}</span>
      </button>
    </div>
  );
}
