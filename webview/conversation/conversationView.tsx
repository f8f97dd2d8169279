import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatDuration } from '../../src/core/text/durations.js';
import type { LogRow } from '../../src/protocol/session.js';
import { useStore } from '../log/store.js';
import { formatRowTime, formatSincePrevious, type RowTime } from '../log/times.js';
import { MenuList } from '../session/menu.js';
import { problemText } from '../session/problemText.js';
import { fill } from '../shared/fill.js';
import { formatCount } from '../shared/format.js';
import { Foreign } from '../shared/foreign.js';
import { icon } from '../shared/icons.js';
import type { Ask } from '../shared/parts.js';
import { ConversationModel, type Exchanged, type Line } from './conversationModel.js';
import { conversationWords } from './strings.js';
import { Hidden, Muted, Quiet } from '../shared/texts.js';
import { isMenuKey, type MenuAt, menuBelow, stepOf } from '../shared/keys.js';

const REFRESH_MS = 1000;
const ROW_PX = 22;

export interface ConversationProps {
  readonly ask: Ask;
  readonly live: boolean;
  readonly times: Pick<RowTime, 'mode' | 'startedAtMs' | 'originMs'>;
  readonly filter: string;
  /** Of the log, with that filter; undefined: it is being opened. */
  readonly viewId: number | undefined;
  /** Rows that the filter has found by now. */
  readonly found: number;
  readonly onChoose: (row: LogRow | null) => void;
  readonly onOpen: () => void;
  readonly onCopy: (row: LogRow) => void;
  /** Shows a row in the log. */
  readonly onShow: (row: LogRow) => void;
}

/** Requests with their replies folded under them, as one ARIA treegrid with one tab stop. */
export function ConversationView(props: ConversationProps) {
  const { ask, live, filter, viewId, found, onChoose, onOpen, onCopy, onShow } = props;
  const model = useMemo(() => new ConversationModel(ask), [ask]);
  useStore(model, () => [{}]);
  const follows = useRef(live);
  const scroller = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState({ top: 0, height: 0 });
  const [menu, setMenu] = useState<MenuAt | null>(null);
  const text = conversationWords;
  const first = Math.max(0, Math.floor(sight.top / ROW_PX));
  const { lines, cursor } = model;

  useEffect(() => {
    model.setFilter(filter, viewId);
    void model.refresh(0);
  }, [model, filter, viewId]);
  useEffect(() => {
    if (filter !== '') void model.refresh(first);
  }, [model, filter === '' ? 0 : found]);
  useEffect(() => {
    void model.refresh(first);
    if (!live) return;
    const timer = setInterval(() => void model.refresh(first), REFRESH_MS);
    return () => clearInterval(timer);
  }, [model, live, Math.floor(first / 20)]);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () => setSight({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    const onScroll = () => {
      measure();
      follows.current = element.scrollTop + element.clientHeight >= element.scrollHeight - 2;
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => observer.disconnect();
  }, []);
  // At the end it stays there as requests come, until somebody chooses a line.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && follows.current && cursor < 0) element.scrollTop = element.scrollHeight;
  }, [lines]);
  // The detail that a row opens takes its room from the rows: never from that one.
  useEffect(() => {
    const element = scroller.current;
    if (!element || cursor < 0) return;
    const top = cursor * ROW_PX;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW_PX > element.scrollTop + element.clientHeight)
      element.scrollTop = top + ROW_PX - element.clientHeight;
  }, [cursor, sight.height]);

  // Cleared, or forgotten.
  useEffect(() => {
    if (cursor < 0) onChoose(null);
  }, [cursor]);

  const choose = (position: number) => {
    model.choose(position);
    onChoose(model.cursor < 0 ? null : (model.lineAt(model.cursor).row ?? null));
  };
  const toggle = (line: Line) => {
    if (model.isOpen(line.index)) model.fold(line.index);
    else void model.unfold(line.index);
  };
  const line = cursor < 0 ? null : model.lineAt(cursor);
  const openMenu = () => {
    const element = document.getElementById(idOf(cursor));
    if (element) setMenu(menuBelow(element));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(sight.height / ROW_PX) - 1);
    const command = event.ctrlKey || event.metaKey;
    const to = stepOf(event.key, cursor, lines, page);
    if (isMenuKey(event)) openMenu();
    else if (command && event.key.toLowerCase() === 'c' && line?.row) onCopy(line.row);
    else if (command || event.altKey) return;
    else if (to !== null) choose(Math.max(0, to));
    else if (event.key === 'ArrowRight' && line?.reply === null) void model.unfold(line.index);
    else if (event.key === 'ArrowLeft' && line) {
      if (line.reply === null) model.fold(line.index);
      else choose(model.positionOf(line.index));
    } else if (event.key === ' ' && line?.reply === null) toggle(line);
    else if (event.key === 'Enter') onOpen();
    else if (event.key === 'Escape') choose(-1);
    else return;
    event.preventDefault();
  };
  const end = Math.min(lines, first + Math.ceil(sight.height / ROW_PX) + 1);
  return (
    <>
      <div
        ref={scroller}
        class="conversation"
        role="treegrid"
        tabIndex={0}
        aria-label={text.region}
        aria-rowcount={lines}
        aria-describedby="conversation-help"
        {...(cursor >= first && cursor < end ? { 'aria-activedescendant': idOf(cursor) } : {})}
        onKeyDown={onKeyDown}
      >
        <div role="presentation" class="conversation-lines" style={{ height: `${lines * ROW_PX}px` }}>
          {Array.from({ length: Math.max(0, end - first) }, (_, at) => (
            <LineView
              key={first + at}
              line={model.lineAt(first + at)}
              position={first + at}
              open={model.isOpen(model.lineAt(first + at).index)}
              chosen={first + at === cursor}
              times={props.times}
              onChoose={() => choose(first + at)}
              onToggle={toggle}
              onMenu={(x, y) => {
                choose(first + at);
                setMenu({ x, y });
              }}
            />
          ))}
        </div>
      </div>
      <p id="conversation-help" class="visually-hidden">
        {text.help}
      </p>
      {menu && line?.row ? (
        <MenuList
          id="conversation-menu"
          label={text.menu}
          at={menu}
          groups={menuOf(line, line.row, { onCopy, onShow, onToggle: () => toggle(line) })}
          onClose={(refocus) => {
            setMenu(null);
            if (refocus) scroller.current?.focus();
          }}
        />
      ) : null}
      {model.error !== null ? (
        <div class="log-empty">
          <p>
            <Foreign text={fill(text.failed, { message: problemText(model.error) })} />
          </p>
        </div>
      ) : lines === 0 && model.known ? (
        <div class="log-empty">
          <p class="log-empty-title">{filter === '' ? text.none : text.noneOf}</p>
          <Quiet>{filter === '' ? text.noneHint : text.noneOfHint}</Quiet>
        </div>
      ) : null}
    </>
  );
}

function menuOf(
  { reply }: Line,
  row: LogRow,
  { onCopy, onShow, onToggle }: Pick<ConversationProps, 'onCopy' | 'onShow'> & { readonly onToggle: () => void },
) {
  const text = conversationWords;
  return [
    {
      label: text.menu,
      items: [
        { label: text.copy, onPick: () => onCopy(row) },
        { label: text.show, onPick: () => onShow(row) },
        ...(reply === null ? [{ label: text.toggle, onPick: onToggle }] : []),
      ],
    },
  ];
}

interface LineProps {
  readonly line: Line;
  readonly position: number;
  readonly open: boolean;
  readonly chosen: boolean;
  readonly times: ConversationProps['times'];
  readonly onChoose: () => void;
  readonly onToggle: (line: Line) => void;
  readonly onMenu: (x: number, y: number) => void;
}

function LineView({ line, position, open, chosen, times, onChoose, onToggle, onMenu }: LineProps) {
  const { exchange, reply, row } = line;
  const isRequest = reply === null;
  const folds = isRequest && exchange !== undefined && exchange.replies.length > 0;
  const direction = row ? ` row-${row.direction}` : '';
  return (
    <div
      id={idOf(position)}
      role="row"
      class={`conversation-line${isRequest ? '' : ' line-reply'}${direction}${chosen ? ' chosen' : ''}`}
      style={{ top: `${position * ROW_PX}px` }}
      aria-rowindex={position + 1}
      aria-level={isRequest ? 1 : 2}
      aria-selected={chosen}
      {...(folds ? { 'aria-expanded': open } : {})}
      onClick={onChoose}
      onDblClick={() => isRequest && onToggle(line)}
      onContextMenu={(event) => {
        event.preventDefault();
        if (event.button === 2) onMenu(event.clientX, event.clientY);
      }}
    >
      <div role="gridcell" class="line-what">
        <span
          class={folds ? (open ? 'line-fold open' : 'line-fold') : 'line-fold none'}
          aria-hidden="true"
          onClick={(event) => {
            event.stopPropagation();
            if (folds) onToggle(line);
          }}
        >
          {icon('chevron')}
        </span>
        <span class="arrow" aria-hidden="true">
          {row ? (row.direction === 'sent' ? '↑' : '↓') : ''}
        </span>
        {row ? <Hidden>{conversationWords.direction[row.direction]}</Hidden> : null}
        <span class="line-name">
          <Foreign
            text={
              isRequest
                ? (exchange?.operation ?? '…')
                : (row?.label ?? fill(conversationWords.reply, { number: reply + 1 }))
            }
          />
        </span>
      </div>
      <div role="gridcell" class="line-time">
        {row ? formatRowTime({ ...times, atMs: row.atMs, previousMs: exchange?.atMs ?? null }) : ''}
      </div>
      <div role="gridcell" class={`line-state${isRequest ? ` state-${exchange?.state ?? ''}` : ''}`}>
        {exchange && (isRequest ? stateText(exchange) : row ? formatSincePrevious(row.atMs - exchange.atMs) : '')}
      </div>
      <div role="gridcell" class="line-content">
        {row === null ? <Muted>{conversationWords.gone}</Muted> : row ? <Foreign text={row.preview} /> : null}
      </div>
    </div>
  );
}

function stateText({ state, firstReplyMs, replyCount, replies }: Exchanged): string {
  const text = conversationWords;
  if (firstReplyMs === null) return text.state[state];
  const time = formatDuration(firstReplyMs);
  const count = formatCount(replyCount);
  const more = replyCount > replies.length ? fill(text.cut, { count: formatCount(replies.length) }) : '';
  const said = replyCount === 1 ? time : fill(text.replies, { time, count });
  return `${state === 'failed' ? `${text.state.failed}, ` : ''}${said}${more}`;
}

function idOf(position: number): string {
  return `conversation-line-${position}`;
}
