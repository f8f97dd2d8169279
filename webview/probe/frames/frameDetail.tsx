import type { FrameRecord } from '../../../src/core/base/model.js';
import { formatDuration } from '../../../src/core/text/durations.js';
import { hexDump } from '../../../src/core/text/hex.js';
import { indentJson } from '../../../src/core/text/json.js';
import { opcodeName } from '../../../src/core/text/opcodes.js';
import { formatBytes } from '../../../src/core/text/sizes.js';
import { formatPercent } from '../../log/rowText.js';
import { fill } from '../../shared/fill.js';
import { Foreign } from '../../shared/foreign.js';
import { type Actions, CopyButton, Facts } from '../../shared/parts.js';
import { closePayload, frameFlags, payloadBytes } from '../../shared/payload.js';
import { type Tab, Tabs } from '../../shared/tabs.js';
import type { PayloadView, ViewState } from '../../shared/viewState.js';
import { framesWords } from './strings.js';
import { Empty, Quiet } from '../../shared/texts.js';

export interface FrameDetailProps {
  readonly frame: FrameRecord;
  readonly view: ViewState;
  readonly actions: Actions;
}

/** Everything the report keeps of one frame. */
export function FrameDetail({ frame, view, actions }: FrameDetailProps) {
  const bytes = payloadBytes(frame);
  const source = frame.inflated?.text ?? frame.text;
  const json = source === undefined ? null : indentJson(source);
  const text = source ?? textOf(frame, bytes);
  const tabs: Tab<PayloadView>[] = [
    ...(json === null ? [] : [{ name: 'json', label: framesWords.json } as const]),
    { name: 'text', label: framesWords.text },
    { name: 'hex', label: framesWords.hex },
  ];
  const natural: PayloadView = json !== null ? 'json' : text === null ? 'hex' : 'text';
  const shown = tabs.some((tab) => tab.name === view.payload) ? (view.payload ?? natural) : natural;
  const content = { json: json ?? '', text: text ?? '', hex: hexDump(bytes) }[shown];
  return (
    <section class="frame-detail" aria-labelledby="frame-title">
      <div class="section-head">
        <h3 id="frame-title">{fill(framesWords.detail, { index: frame.index })}</h3>
        <CopyButton
          text={shown === 'hex' ? content : (source ?? text ?? content)}
          what={framesWords.copyPayload}
          actions={actions}
        />
      </div>
      <Facts rows={frameFacts(frame)} />
      {frame.inflated?.text !== undefined ? (
        <Quiet>{framesWords.inflatedNote}</Quiet>
      ) : frame.rsv1 ? (
        <Quiet>{framesWords.compressed}</Quiet>
      ) : null}
      {frame.payloadBytes === 0 ? (
        <Empty>{framesWords.empty}</Empty>
      ) : (
        <Tabs
          id="payload"
          label={framesWords.views}
          compact
          tabs={tabs}
          selected={shown}
          onSelect={(payload) => actions.change((now) => ({ ...now, payload }))}
        >
          {shown === 'text' && text === null ? (
            <Empty>{framesWords.notText}</Empty>
          ) : (
            <pre class={shown === 'hex' ? 'payload hex' : 'payload'}>
              <Foreign text={content} multiline />
            </pre>
          )}
        </Tabs>
      )}
      {frame.truncated ? (
        <Quiet>
          {fill(framesWords.truncated, { shown: formatBytes(bytes.length), bytes: formatBytes(frame.payloadBytes) })}
        </Quiet>
      ) : null}
    </section>
  );
}

function frameFacts(frame: FrameRecord): readonly (readonly [string, string | null])[] {
  const set = frameFlags(frame).filter((flag) => flag.set && flag.name !== 'MASK');
  const flags = [...set.map((flag) => flag.name), frame.masked ? framesWords.masked : framesWords.unmasked];
  return [
    [framesWords.direction, framesWords[frame.direction]],
    [framesWords.time, formatDuration(frame.atMs)],
    [framesWords.opcode, `0x${frame.opcode.toString(16)} ${opcodeName(frame.opcode)}`],
    [framesWords.flags, flags.join(', ')],
    [framesWords.bytes, formatBytes(frame.wireBytes)],
    [framesWords.payloadBytes, formatBytes(frame.payloadBytes)],
    [framesWords.inflated, inflatedText(frame)],
  ];
}

/** Size of the message and what of it crossed the wire; of a fragmented one only the size: the frame is a part of it. */
function inflatedText({ fin, inflated, opcode, payloadBytes: wire }: FrameRecord): string | null {
  if (!inflated) return null;
  const bytes = formatBytes(inflated.bytes);
  if (!fin || opcode === 0 || inflated.bytes === 0) return bytes;
  return fill(framesWords.inflatedSize, { bytes, ratio: formatPercent(wire / inflated.bytes) });
}

/** Null when the bytes are no text. */
function textOf(frame: FrameRecord, bytes: Uint8Array): string | null {
  const close = frame.opcode === 8 ? closePayload(bytes) : null;
  if (close) return fill(framesWords.closeCode, { code: close.code, reason: close.reason });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
