import type { FrameRecord, Report } from '../../../src/core/base/model.js';
import { hexPreview } from '../../../src/core/text/hex.js';
import { opcodeName } from '../../../src/core/text/opcodes.js';
import { fill } from '../../shared/fill.js';
import { formatClock } from '../../shared/format.js';
import { icon } from '../../shared/icons.js';
import { Foreign } from '../../shared/foreign.js';
import { type Actions } from '../../shared/parts.js';
import { closePayload, frameFlags, payloadBytes } from '../../shared/payload.js';
import type { ViewState } from '../../shared/viewState.js';
import { connectedAfterMs } from '../answer.js';
import { FrameDetail } from './frameDetail.js';
import { framesWords } from './strings.js';
import { TableHead } from '../../shared/table.js';
import { Empty, Muted, Quiet } from '../../shared/texts.js';
import { stepOf } from '../../shared/keys.js';

const PREVIEW_CHARACTERS = 240;
const PAGE_ROWS = 10;

export interface FramesProps {
  readonly report: Report;
  readonly view: ViewState;
  readonly actions: Actions;
}

export function FramesView({ report, view, actions }: FramesProps) {
  const { frames } = report;
  if (frames.length === 0) {
    return <Empty>{connectedAfterMs(report) === null ? framesWords.noneDown : framesWords.none}</Empty>;
  }
  const selected = frames.find((frame) => frame.index === view.frame) ?? firstWorthReading(frames);
  return (
    <div class="frames">
      <div class="frames-list">
        <FrameTable frames={frames} selected={selected} actions={actions} />
        <Quiet>
          {frames.length === 1 ? framesWords.countOne : fill(framesWords.count, { count: frames.length })}.{' '}
          {framesWords.keys}
        </Quiet>
      </div>
      <div class="frames-detail">
        {selected ? <FrameDetail frame={selected} view={view} actions={actions} /> : null}
      </div>
    </div>
  );
}

/** Until a person picks one: the first frame of data that came in. */
function firstWorthReading(frames: readonly FrameRecord[]): FrameRecord | null {
  return frames.find((frame) => frame.direction === 'received' && frame.opcode < 8) ?? frames[0] ?? null;
}

interface FrameTableProps {
  readonly frames: readonly FrameRecord[];
  readonly selected: FrameRecord | null;
  readonly actions: Actions;
}

const COLUMNS = (['time', 'direction', 'type', 'flags', 'bytes', 'payload'] as const).map(
  (name) => [framesWords[name], `col-${name}`] as const,
);

/** A grid with one tab stop: the chosen row, or the first. */
function FrameTable({ frames, selected, actions }: FrameTableProps) {
  const at = selected ? frames.indexOf(selected) : -1;
  const choose = (position: number) => {
    const frame = frames[Math.max(0, Math.min(frames.length - 1, position))];
    if (!frame) return;
    actions.change((now) => ({ ...now, frame: frame.index }));
    document.getElementById(rowId(frame))?.focus();
  };
  const move = (event: KeyboardEvent) => {
    const next = nextPosition(event.key, at, frames.length);
    if (next === null) return;
    event.preventDefault();
    choose(next);
  };
  return (
    <table
      class="frame-table"
      role="grid"
      aria-label={framesWords.table}
      aria-rowcount={frames.length + 1}
      onKeyDown={move}
    >
      <TableHead index={1} columns={COLUMNS} />
      <tbody>
        {frames.map((frame, index) => (
          <FrameRow
            key={frame.index}
            frame={frame}
            rowIndex={index + 2}
            selected={frame === selected}
            tabStop={index === Math.max(0, at)}
            onChoose={() => choose(index)}
          />
        ))}
      </tbody>
    </table>
  );
}

interface FrameRowProps {
  readonly frame: FrameRecord;
  readonly rowIndex: number;
  readonly selected: boolean;
  readonly tabStop: boolean;
  readonly onChoose: () => void;
}

function FrameRow({ frame, rowIndex, selected, tabStop, onChoose }: FrameRowProps) {
  const type = opcodeName(frame.opcode);
  return (
    <tr
      id={rowId(frame)}
      class={`frame frame-${frame.direction} frame-${frame.opcode >= 8 ? 'control' : 'data'}`}
      aria-rowindex={rowIndex}
      aria-selected={selected}
      tabIndex={tabStop ? 0 : -1}
      onClick={onChoose}
    >
      <td class="col-time">{formatClock(frame.atMs)}</td>
      <td class="col-direction">
        {icon(frame.direction)} <span class="direction-word">{framesWords[frame.direction]}</span>
      </td>
      <td class="col-type">{type}</td>
      <td class="col-flags">
        <Flags frame={frame} />
      </td>
      <td class="col-bytes">{frame.wireBytes}</td>
      <td class="col-payload">
        <Preview frame={frame} />
      </td>
    </tr>
  );
}

function Flags({ frame }: { readonly frame: FrameRecord }) {
  const set = frameFlags(frame).filter((flag) => flag.set);
  return (
    <>
      {set.map(({ name }) => (
        <span key={name} class={`flag flag-${name.toLowerCase()}`}>
          {name}
        </span>
      ))}
    </>
  );
}

function Preview({ frame }: { readonly frame: FrameRecord }) {
  if (frame.payloadBytes === 0) return <Muted>{framesWords.empty}</Muted>;
  const { text } = frame.inflated ?? frame;
  const bytes = text === undefined || frame.opcode === 8 ? payloadBytes(frame) : null;
  const close = frame.opcode === 8 && bytes ? closePayload(bytes) : null;
  if (close) return <Foreign text={fill(framesWords.closeCode, { code: close.code, reason: close.reason })} />;
  if (bytes) return <Foreign text={hexPreview(bytes, 24)} />;
  return <Foreign text={(text ?? '').slice(0, PREVIEW_CHARACTERS)} />;
}

function rowId(frame: FrameRecord): string {
  return `frame-${frame.index}`;
}

function nextPosition(key: string, at: number, count: number): number | null {
  return key === 'Enter' || key === ' ' ? Math.max(0, at) : stepOf(key, at, count, PAGE_ROWS);
}
