import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { SessionSnapshot } from '../../src/protocol/session.js';
import { Button } from '../controls.js';
import { ConversationView } from '../conversation/conversationView.js';
import { DetailPane } from '../detail/detailPane.js';
import { Splitter } from '../detail/splitter.js';
import { hostOf } from '../probe/answer.js';
import { MenuList } from '../session/menu.js';
import { problemText } from '../session/problemText.js';
import type { SessionViewState } from '../session/sessionViewState.js';
import { fill } from '../shared/fill.js';
import { formatCount } from '../shared/format.js';
import { icon } from '../shared/icons.js';
import { Foreign } from '../shared/foreign.js';
import { type Actions } from '../shared/parts.js';
import type { Chosen } from './chosen.js';
import type { ColumnsState } from './columns.js';
import type { ConnectionNames } from './connectionNames.js';
import { ColumnForm } from './columnForm.js';
import { columnGroups } from './columnMenu.js';
import { FindBar } from './findBar.js';
import { LogGrid, type MenuPlace } from './logGrid.js';
import type { ColumnMenuPlace } from './logHead.js';
import type { LogModel } from './logModel.js';
import { LogStatusView } from './logStatusView.js';
import { LogToolbar } from './logToolbar.js';
import { MAX_FILTERED, textOf } from './rowActs.js';
import { RowMenu, valueItems } from './rowMenu.js';
import { useStore } from './store.js';
import { logWords } from './strings.js';
import { Quiet } from '../shared/texts.js';

const ANNOUNCE_MS = 5000;

export interface LogViewProps {
  readonly log: LogModel;
  readonly url: string;
  readonly session: Pick<SessionSnapshot, 'sessionId' | 'startedAt' | 'state'>;
  /** Whose rows these are; null: they are of one connection. */
  readonly names: ConnectionNames | null;
  /** Who speaks where we only listen; null: we do. */
  readonly heard: 'tap' | 'program' | null;
  readonly recording: boolean;
  readonly view: SessionViewState;
  readonly actions: Actions;
  readonly change: (change: Partial<SessionViewState>) => void;
}

/** Toolbar, rows, the chosen row beside them, and the line that says what the log holds. */
export function LogView({ log, url, session, names, heard, recording, view, actions, change }: LogViewProps) {
  useStore(log, () => {
    const { feed, error, cleared } = log;
    const { cursor } = log.selection;
    return [log.status?.generation, cursor, feed, error, cleared, log.total === 0, feed?.known === 0, feed?.scanning];
  });
  const generation = log.status?.generation;
  const [finding, setFinding] = useState(false);
  const [wanted, setWanted] = useState<number | null>(null);
  const [line, setLine] = useState<Chosen | null>(null);
  const [problem, setProblem] = useState('');
  const [menu, setMenu] = useState<MenuPlace | null>(null);
  const [columnMenu, setColumnMenu] = useState<ColumnMenuPlace | null>(null);
  const [adding, setAdding] = useState(false);
  const panes = useRef<HTMLDivElement>(null);
  useEffect(() => {
    log.show(session.sessionId, view.mode, view.filter);
  }, [log, session.sessionId, view.mode, view.filter]);

  useEffect(() => log.setPaths(view.columns.paths), [log, view.columns.paths]);

  const { feed } = log;
  useEffect(() => {
    if (wanted === null || view.conversation || !feed || feed.filter !== view.filter) return;
    setWanted(null);
    focusGrid();
    log.jump(wanted).catch(onProblem);
  }, [wanted, view.conversation, view.filter, feed]);

  const onColumns = useCallback((columns: ColumnsState) => change({ columns }), [change]);
  const onFilter = useCallback((filter: string) => change({ filter }), [change]);
  const onProblem = useCallback((error: unknown) => setProblem(problemText(error)), []);
  const focusGrid = () => panes.current?.querySelector<HTMLElement>('.log-scroll, .conversation')?.focus();
  const focusHead = () => panes.current?.querySelector<HTMLElement>('.log-head [tabindex="0"]')?.focus();
  const focusDetail = () => panes.current?.querySelector<HTMLElement>('.detail [role="tab"][tabindex="0"]')?.focus();
  const openFind = useCallback(() => setFinding(true), []);
  const { cursor } = log.selection;
  const shown = view.conversation ? line : cursor;
  const { sessionId, startedAt } = session;
  const originMs = view.origin?.sessionId === sessionId ? view.origin.atMs : null;
  const times = useMemo(
    () => ({ mode: view.times, startedAtMs: Date.parse(startedAt), originMs }),
    [view.times, startedAt, originMs],
  );
  const onOrigin = () => {
    const atMs = log.selection.cursor?.row?.atMs;
    if (atMs !== undefined) change({ times: 'origin', origin: { sessionId, atMs } });
  };
  // What could not be done was said of another row.
  useLayoutEffect(() => setProblem(''), [cursor?.row?.id]);
  const copy = () => {
    setProblem('');
    if (cursor?.row) textOf(actions.ask, cursor.row, log.mode).then(actions.copy).catch(onProblem);
  };
  const menuOf = (path: string, value: string) => {
    const filter = /^[[{]/.test(value) || value.length > MAX_FILTERED ? path : `${path} == ${value}`;
    return [
      {
        label: logWords.menu.groups.copy,
        items: [
          { label: logWords.menu.copy, onPick: () => void actions.copy(value.replace(/^"([^"\\]*)"$/, '$1')) },
          ...(path === '$' ? [] : valueItems(filter, view, change)),
        ],
      },
    ];
  };
  return (
    <section class="log" aria-label={logWords.rows.region}>
      <LogToolbar
        log={log}
        live={session.state !== 'closed'}
        recording={recording}
        view={view}
        actions={actions}
        change={change}
        onFind={openFind}
        isShared={names !== null}
        onAddColumn={() => setAdding(true)}
        onFilter={onFilter}
      />
      {finding && !view.conversation ? (
        <FindBar
          log={log}
          onProblem={onProblem}
          onClose={() => {
            setFinding(false);
            focusGrid();
          }}
        />
      ) : null}
      <p id="log-help" class="visually-hidden">
        {logWords.rows.help}
      </p>
      <p id="log-columns-help" class="visually-hidden">
        {logWords.columns.help}
      </p>
      <div
        ref={panes}
        class={shown ? `log-panes split ${view.place}` : 'log-panes'}
        style={{ '--split': `${view.split * 100}%` }}
      >
        <div class="log-list">
          {view.conversation ? (
            <ConversationView
              key={generation}
              ask={actions.ask}
              live={session.state !== 'closed'}
              times={times}
              filter={view.filter}
              viewId={feed?.filter === view.filter ? feed.viewId : undefined}
              found={feed?.known ?? 0}
              onChoose={(row) => setLine(row && { position: -1, row })}
              onOpen={focusDetail}
              onCopy={(row) => {
                setProblem('');
                textOf(actions.ask, row, 'messages').then(actions.copy).catch(onProblem);
              }}
              onShow={(row) => {
                setLine(null);
                change({ conversation: false, filter: '' });
                setWanted(row.id);
              }}
            />
          ) : (
            <LogGrid
              log={log}
              times={times}
              onOrigin={onOrigin}
              columns={view.columns}
              names={names}
              onColumns={onColumns}
              onColumnMenu={setColumnMenu}
              onOpen={focusDetail}
              onFind={openFind}
              onCopy={copy}
              onMenu={(at) => {
                setProblem('');
                setMenu(at);
              }}
              onProblem={onProblem}
            />
          )}
          {menu && cursor?.row ? (
            <RowMenu
              log={log}
              row={cursor.row}
              at={menu}
              live={session.state === 'open' && !recording}
              actions={actions}
              view={view}
              change={change}
              onCopy={copy}
              onOrigin={onOrigin}
              onProblem={onProblem}
              onClose={(refocus) => {
                setMenu(null);
                if (refocus) focusGrid();
              }}
            />
          ) : null}
          {columnMenu ? (
            <MenuList
              id="header-menu"
              label={logWords.columns.label}
              at={columnMenu}
              groups={columnGroups({
                ...columnMenu,
                state: view.columns,
                isShared: names !== null,
                change: onColumns,
                onAdd: () => setAdding(true),
              })}
              onClose={(refocus) => {
                setColumnMenu(null);
                if (refocus) focusHead();
              }}
            />
          ) : null}
          {adding ? (
            <ColumnForm
              state={view.columns}
              ask={actions.ask}
              change={onColumns}
              onClose={() => {
                setAdding(false);
                focusGrid();
              }}
            />
          ) : null}
          {view.conversation ? null : <Empty log={log} url={url} session={session} heard={heard} onFilter={onFilter} />}
          <p class={problem ? 'log-problem' : 'visually-hidden'} role="status">
            {problem ? <Foreign text={problem} /> : null}
          </p>
        </div>
        {shown ? (
          <>
            <Splitter panes={panes} split={view.split} onChange={(split) => change({ split })} />
            <DetailPane
              log={log}
              chosen={shown}
              startedAtMs={Date.parse(session.startedAt)}
              tab={view.detail}
              actions={actions}
              menuOf={menuOf}
              onTab={(detail) => change({ detail })}
              onBack={focusGrid}
              onMove={() => change({ place: isBelow(panes.current) ? 'beside' : 'below' })}
              onWire={() => change({ conversation: false, mode: 'wire' })}
              onClose={() => {
                setLine(null);
                if (!view.conversation) log.unchoose();
                focusGrid();
              }}
            />
          </>
        ) : null}
      </div>
      <LogStatusView log={log} live={session.state !== 'closed' && !view.conversation} />
      <Announcer log={log} />
    </section>
  );
}

function isBelow(panes: HTMLElement | null): boolean {
  return panes !== null && getComputedStyle(panes).flexDirection === 'column';
}

interface EmptyProps {
  readonly log: LogModel;
  readonly url: string;
  readonly session: LogViewProps['session'];
  readonly heard: LogViewProps['heard'];
  readonly onFilter: (filter: string) => void;
}

/** In place of rows: why there are none. */
function Empty({ log, url, session, heard, onFilter }: EmptyProps) {
  const text = logWords.rows.empty;
  if (log.error !== null) {
    return (
      <div class="log-empty">
        {icon('warning')}
        <p>
          <Foreign text={fill(logWords.rows.failed, { message: problemText(log.error) })} />
        </p>
        <Button onClick={() => log.retry()}>{logWords.rows.retry}</Button>
      </div>
    );
  }
  if (log.total > 0) return null;
  if (!log.feed) return <Sentence title={text.opening} />;
  if (log.feed.known > 0) return null;
  if (log.feed.filter !== '') {
    if (log.feed.scanning) return <Sentence title={text.scanning} />;
    const hidden = (log.mode === 'wire' ? log.status?.frames : log.status?.messages) ?? 0;
    return (
      <Sentence title={text.filtered} hint={fill(text.filteredHint, { count: formatCount(hidden) })}>
        <Button onClick={() => onFilter('')}>{text.clearFilter}</Button>
      </Sentence>
    );
  }
  if (log.cleared) return <Sentence title={text.cleared} hint={text.clearedHint} />;
  switch (session.state) {
    case 'connecting':
      return <Sentence title={fill(text.connecting, { host: hostOf(url) })} />;
    case 'reconnecting':
      return <Sentence title={text.reconnecting} />;
    case 'closed':
      return <Sentence title={text.ended} />;
    default:
      return heard ? (
        <Sentence title={text.noneHeard} hint={text.heardHints[heard]} />
      ) : (
        <Sentence title={text.none} hint={text.noneHint} />
      );
  }
}

function Sentence({ title, hint, children }: { title: string; hint?: string; children?: preact.ComponentChildren }) {
  return (
    <div class="log-empty">
      <p class="log-empty-title">
        <Foreign text={title} />
      </p>
      {hint ? <Quiet>{hint}</Quiet> : null}
      {children}
    </div>
  );
}

/** One polite sentence every few seconds at most. */
function Announcer({ log }: { readonly log: LogModel }) {
  const [said, setSaid] = useState('');
  useEffect(() => {
    let last = log.feed?.known ?? 0;
    let feed = log.feed;
    const timer = setInterval(() => {
      const known = log.feed?.known ?? 0;
      const more = feed === log.feed ? known - last : 0;
      last = known;
      feed = log.feed;
      const text =
        more === 1 ? logWords.rows.newMessage : fill(logWords.rows.newMessages, { count: formatCount(more) });
      setSaid(more > 0 ? text : '');
    }, ANNOUNCE_MS);
    return () => clearInterval(timer);
  }, [log]);
  return (
    <p class="visually-hidden" role="status">
      {said}
    </p>
  );
}
