import type { FrameRecord } from '../../../src/core/base/model.js';
import { formatBytes, formatMs } from '../../shared/format.js';
import { formatPercent } from '../../log/rowText.js';
import { type Actions, CopyButton, Facts, Foreign } from '../../shared/parts.js';
import { closePayload, frameFlags, hexDump, opcodeName, payloadBytes, prettyJson } from '../../shared/payload.js';
import { fill, strings } from '../../shared/strings.js';
import { type Tab, Tabs } from '../../shared/tabs.js';
import type { PayloadView, ViewState } from '../../shared/viewState.js';

export interface FrameDetailProps {
  readonly frame: FrameRecord;
  readonly view: ViewState;
  readonly actions: Actions;
}

/** Everything the report keeps of one frame. */
export function FrameDetail({ frame, view, actions }: FrameDetailProps) {
  const words = strings.frames;
  const bytes = payloadBytes(frame);
  const source = frame.inflated?.text ?? frame.text;
  const json = source === undefined ? null : prettyJson(source);
  const text = source ?? textOf(frame, bytes);
  const tabs: Tab<PayloadView>[] = [
    ...(json === null ? [] : [{ name: 'json', label: words.json } as const]),
    { name: 'text', label: words.text },
    { name: 'hex', label: words.hex },
  ];
  const natural: PayloadView = json !== null ? 'json' : text === null ? 'hex' : 'text';
  const shown = tabs.some((tab) => tab.name === view.payload) ? (view.payload ?? natural) : natural;
  const content = { json: json ?? '', text: text ?? '', hex: hexDump(bytes) }[shown];
  return (
    <section class="frame-detail" aria-labelledby="frame-title">
      <div class="section-head">
        <h3 id="frame-title">{fill(words.detail, { index: frame.index })}</h3>
        <CopyButton
          text={shown === 'hex' ? content : (source ?? text ?? content)}
          what={words.copyPayload}
          actions={actions}
        />
      </div>
      <Facts rows={frameFacts(frame)} />
      {frame.inflated?.text !== undefined ? (
        <p class="quiet">{words.inflatedNote}</p>
      ) : frame.rsv1 ? (
        <p class="quiet">{words.compressed}</p>
      ) : null}
      {frame.payloadBytes === 0 ? (
        <p class="empty">{words.empty}</p>
      ) : (
        <Tabs
          id="payload"
          label={words.views}
          compact
          tabs={tabs}
          selected={shown}
          onSelect={(payload) => actions.change((now) => ({ ...now, payload }))}
        >
          {shown === 'text' && text === null ? (
            <p class="empty">{words.notText}</p>
          ) : (
            <pre class={shown === 'hex' ? 'payload hex' : 'payload'}>
              <Foreign text={content} multiline />
            </pre>
          )}
        </Tabs>
      )}
      {frame.truncated ? (
        <p class="quiet">
          {fill(words.truncated, { shown: formatBytes(bytes.length), bytes: formatBytes(frame.payloadBytes) })}
        </p>
      ) : null}
    </section>
  );
}

function frameFacts(frame: FrameRecord): readonly (readonly [string, string | null])[] {
  const words = strings.frames;
  const set = frameFlags(frame).filter((flag) => flag.set && flag.name !== 'MASK');
  const flags = [...set.map((flag) => flag.name), frame.masked ? words.masked : words.unmasked];
  return [
    [words.direction, words[frame.direction]],
    [words.time, formatMs(frame.atMs)],
    [words.opcode, `0x${frame.opcode.toString(16)} ${opcodeName(frame.opcode)}`],
    [words.flags, flags.join(', ')],
    [words.bytes, formatBytes(frame.wireBytes)],
    [words.payloadBytes, formatBytes(frame.payloadBytes)],
    [words.inflated, inflatedText(frame)],
  ];
}

/** Size of the message and what of it crossed the wire; of a fragmented one only the size: the frame is a part of it. */
function inflatedText({ fin, inflated, opcode, payloadBytes: wire }: FrameRecord): string | null {
  if (!inflated) return null;
  const bytes = formatBytes(inflated.bytes);
  if (!fin || opcode === 0 || inflated.bytes === 0) return bytes;
  return fill(strings.frames.inflatedSize, { bytes, ratio: formatPercent(wire / inflated.bytes) });
}

/** Null when the bytes are no text. */
function textOf(frame: FrameRecord, bytes: Uint8Array): string | null {
  const close = frame.opcode === 8 ? closePayload(bytes) : null;
  if (close) return fill(strings.frames.closeCode, { code: close.code, reason: close.reason });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
