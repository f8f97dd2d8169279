import { useEffect, useMemo } from 'preact/hooks';
import { hexText } from '../../src/core/text/hex.js';
import { formatBytes } from '../../src/core/text/sizes.js';
import type { LogMode, LogRow } from '../../src/protocol/session.js';
import { Button } from '../controls.js';
import type { Chosen } from '../log/chosen.js';
import type { LogModel } from '../log/logModel.js';
import { sizeText, typeOf } from '../log/rowText.js';
import { useStore } from '../log/store.js';
import { logWords } from '../log/strings.js';
import { framesWords } from '../probe/frames/strings.js';
import { problemText } from '../session/problemText.js';
import { DETAIL_TABS, type DetailTab } from '../session/sessionViewState.js';
import { fill } from '../shared/fill.js';
import { icon } from '../shared/icons.js';
import { Foreign } from '../shared/foreign.js';
import { type Actions, CopyButton } from '../shared/parts.js';
import { closePayload } from '../shared/payload.js';
import { Tabs } from '../shared/tabs.js';
import { DecodedTab } from './decodedTab.js';
import { HexView } from './hexView.js';
import { JsonTab } from './jsonTab.js';
import type { JsonTreeProps } from './jsonTreeView.js';
import { naturalTab } from './naturalTab.js';
import { decodeText, PIECE_BYTES, PayloadModel } from './payloadModel.js';
import { detailWords } from './strings.js';
import { TextTab } from './textTab.js';
import { WireTab } from './wireTab.js';
import { Empty, LinkButton, Muted, Quiet } from '../shared/texts.js';

const ALL_BYTES = 8 * 1024 * 1024;
const MAX_LOADED = 16 * 1024 * 1024;

export interface DetailPaneProps extends Pick<JsonTreeProps, 'menuOf'> {
  readonly log: LogModel;
  readonly chosen: Chosen;
  readonly startedAtMs: number;
  /** Null until a person picked one. */
  readonly tab: DetailTab | null;
  readonly actions: Actions;
  readonly onTab: (tab: DetailTab) => void;
  /** Beside the rows, or below them: the other one of the two. */
  readonly onMove: () => void;
  readonly onWire: () => void;
  /** The focus goes back to the rows. */
  readonly onBack: () => void;
  readonly onClose: () => void;
}

/** Everything about the chosen row, beside the log. */
export function DetailPane(props: DetailPaneProps) {
  const { chosen, onBack, onClose } = props;
  return (
    <section
      class="detail"
      aria-label={detailWords.pane.region}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        onBack();
      }}
    >
      {chosen.row ? (
        <RowDetail {...props} row={chosen.row} />
      ) : (
        <div class="detail-head">
          <h3>{detailWords.pane.loading}</h3>
          <Button appearance="icon" label={detailWords.pane.close} icon={icon('close')} onClick={onClose} />
        </div>
      )}
    </section>
  );
}

function RowDetail({
  log,
  row,
  startedAtMs,
  tab,
  actions,
  menuOf,
  onTab,
  onMove,
  onWire,
  onClose,
}: DetailPaneProps & { readonly row: LogRow }) {
  const text = detailWords.pane;
  const { mode } = log;
  const total = row.inflatedBytes ?? row.payloadBytes;
  // A message that still grows is read anew.
  const payload = useMemo(() => new PayloadModel(actions.ask, row.id, mode, total), [actions.ask, row.id, mode, total]);
  useStore(payload, () => [payload.start().length, payload.total, payload.available, payload.error, payload.loading]);
  const decoded = row.deflated ? null : decodeText(payload.start(), payload.complete);
  const shown = tab ?? naturalTab(row, mode);
  const loaded = payload.start();
  const copied = useMemo(() => decoded ?? hexText(loaded), [decoded, loaded]);
  const other = log.selection.mate?.row;
  const about = { id: row.id, mode };
  return (
    <>
      <div class="detail-head">
        <h3>
          <span>{fill(text.title, { type: typeOf(row), direction: framesWords[row.direction] })}</span>{' '}
          <Muted>{row.kind === 'event' ? '' : sizeText(total)}</Muted>
        </h3>
        <div class="detail-actions">
          {mode === 'messages' && row.frames > 1 ? (
            <Button appearance="icon" label={text.wire} icon={icon('wire')} onClick={onWire} />
          ) : null}
          {other ? (
            <Button
              appearance="icon"
              label={text.compare}
              icon={icon('compare')}
              onClick={() => actions.act('comparePayloads', { ids: [other.id, row.id], mode })}
            />
          ) : null}
          <CopyButton text={copied} what={copiedWhat(payload)} actions={actions} />
          <Button
            appearance="icon"
            label={text.save}
            icon={icon('save')}
            onClick={() => actions.act('savePayload', about)}
          />
          <Button
            appearance="icon"
            label={text.open}
            icon={icon('open')}
            onClick={() => actions.act('openPayload', about)}
          />
          <span class="detail-move">
            <Button appearance="icon" label={text.move} icon={icon('layout')} onClick={onMove} />
          </span>
          <Button appearance="icon" label={text.close} icon={icon('close')} onClick={onClose} />
        </div>
      </div>
      <Tabs
        id="detail"
        label={text.view}
        compact
        tabs={DETAIL_TABS.map((name) => ({ name, label: text.tabs[name] }))}
        selected={shown}
        onSelect={onTab}
      >
        {shown === 'wire' ? (
          <WireTab row={row} mode={mode} startedAtMs={startedAtMs} />
        ) : shown === 'decoded' ? (
          <DecodedTab key={`${mode} ${row.id}`} row={row} mode={mode} ask={actions.ask} menuOf={menuOf} />
        ) : (
          <PayloadTab tab={shown} row={row} mode={mode} payload={payload} decoded={decoded} menuOf={menuOf} />
        )}
      </Tabs>
    </>
  );
}

/** What shows most of a row without a click. */
interface PayloadTabProps extends Pick<JsonTreeProps, 'menuOf'> {
  readonly tab: 'text' | 'json' | 'hex';
  readonly row: LogRow;
  readonly mode: LogMode;
  readonly payload: PayloadModel;
  readonly decoded: string | null;
}

function PayloadTab({ tab, row, mode, payload, decoded, menuOf }: PayloadTabProps) {
  const text = detailWords.pane;
  useEffect(() => {
    if (tab !== 'hex') payload.load(1);
  }, [tab, payload]);
  if (row.kind === 'event') return <TextTab text={row.preview} />;
  if (row.place === 'dropped' || !payload.available) return <Empty>{text.dropped}</Empty>;
  if (payload.error !== null) {
    return (
      <Empty>
        <Foreign text={fill(text.failed, { message: problemText(payload.error) })} />{' '}
        <LinkButton onClick={() => payload.load(1)}>{logWords.rows.retry}</LinkButton>
      </Empty>
    );
  }
  if (payload.total === 0) return <Empty>{text.empty}</Empty>;
  if (row.deflated) {
    return (
      <>
        <Quiet>{text.deflated}</Quiet>
        <HexView payload={payload} />
      </>
    );
  }
  if (tab === 'hex') return <HexView payload={payload} />;
  if (payload.start().length === 0) return <Empty>{text.loading}</Empty>;
  const close = row.kind === 'close' ? closePayload(payload.start()) : null;
  const readable = close ? fill(framesWords.closeCode, { code: close.code, reason: close.reason }) : decoded;
  return (
    <>
      {mode === 'wire' && row.rsv1 ? <Quiet>{text.compressed}</Quiet> : null}
      {readable === null ? (
        <Empty>{text.notText}</Empty>
      ) : tab === 'json' ? (
        <JsonTab text={readable} complete={payload.complete} menuOf={menuOf} />
      ) : (
        <TextTab text={readable} />
      )}
      <Loaded payload={payload} />
    </>
  );
}

/** Says so when it is not the whole payload. */
function copiedWhat(payload: PayloadModel): string {
  if (payload.complete) return framesWords.copyPayload;
  return fill(detailWords.pane.copyPart, { shown: formatBytes(payload.start().length) });
}

/** How much of the payload is here, and the way to more. */
function Loaded({ payload }: { readonly payload: PayloadModel }) {
  const text = detailWords.pane;
  if (payload.complete) return null;
  const loaded = payload.start().length;
  return (
    <p class="loaded">
      <span>{fill(text.loaded, { shown: formatBytes(loaded), total: formatBytes(payload.total) })}</span>
      {loaded < MAX_LOADED ? (
        <Button disabled={payload.loading} onClick={() => payload.more()}>
          {text.more}
        </Button>
      ) : null}
      {payload.total <= ALL_BYTES ? (
        <Button disabled={payload.loading} onClick={() => payload.load(Math.ceil(payload.total / PIECE_BYTES))}>
          {fill(text.all, { size: formatBytes(payload.total) })}
        </Button>
      ) : null}
    </p>
  );
}
