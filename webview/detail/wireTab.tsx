import { formatBytes } from '../../src/core/text/sizes.js';
import type { LogMode, LogRow } from '../../src/protocol/session.js';
import { ratioText, typeOf } from '../log/rowText.js';
import { formatSinceStart, formatWallClock } from '../log/times.js';
import { framesWords } from '../probe/frames/strings.js';
import { formatCount } from '../shared/format.js';
import { Foreign } from '../shared/foreign.js';
import { Facts } from '../shared/parts.js';
import { detailWords } from './strings.js';
import { Hidden } from '../shared/texts.js';

export interface WireTabProps {
  readonly row: LogRow;
  readonly mode: LogMode;
  readonly startedAtMs: number;
}

/** What stood on the wire around the payload. */
export function WireTab({ row, mode, startedAtMs }: WireTabProps) {
  const text = detailWords.wire;
  const bits = [
    ['FIN', row.fin],
    ['RSV1', row.rsv1],
    ['RSV2', row.rsv2],
    ['RSV3', row.rsv3],
    ['MASK', row.masked],
  ] as const;
  const hasNoWire = row.kind === 'event' || row.wire === 'unknown';
  const whole = mode === 'messages' && row.frames > 1;
  return (
    <div class="wire-tab">
      {hasNoWire ? null : (
        <table class="bits">
          <caption class="visually-hidden">{text.bits}</caption>
          <thead>
            <tr>
              {bits.map(([name]) => (
                <th key={name} scope="col" title={text.help[name]}>
                  {name}
                </th>
              ))}
              <th scope="col">{text.opcode}</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              {bits.map(([name, set]) => (
                <td key={name} class={set ? 'bit set' : 'bit'}>
                  {set ? 1 : 0}
                  <Hidden> {set ? text.set : text.unset}</Hidden>
                </td>
              ))}
              <td class="bit">
                0x{row.opcode.toString(16)} {typeOf(row)}
              </td>
            </tr>
          </tbody>
        </table>
      )}
      <Facts
        rows={[
          [text.direction, row.kind === 'event' ? null : framesWords[row.direction]],
          [text.time, `${formatWallClock(startedAtMs, row.atMs)} (${formatSinceStart(row.atMs)} s ${text.sinceStart})`],
          [text.connection, formatCount(row.connection)],
          [text.frames, whole ? formatCount(row.frames) : null],
          [text.wireBytes, row.wire === 'unknown' ? text.unknown : hasNoWire ? null : exact(row.wireBytes)],
          [text.header, hasNoWire ? null : exact(row.wireBytes - row.payloadBytes)],
          [text.payload, row.kind === 'event' ? null : exact(row.payloadBytes)],
          [text.inflated, row.inflatedBytes === null ? null : exact(row.inflatedBytes)],
          [text.ratio, ratioText(row)],
          [text.place, row.kind === 'event' ? null : text.places[row.place]],
          [text.label, row.label === null ? null : <Foreign text={row.label} />],
          [text.id, formatCount(row.id)],
        ]}
      />
    </div>
  );
}

/** To the byte, and readable where that is long. */
function exact(bytes: number): string {
  return bytes < 10_000 ? `${formatCount(bytes)} B` : `${formatCount(bytes)} B (${formatBytes(bytes)})`;
}
