import { opcodeName } from '../../src/core/text/opcodes.js';
import { formatBytes } from '../../src/core/text/sizes.js';
import type { LogRow } from '../../src/protocol/session.js';
import { fill } from '../shared/fill.js';
import { formatCount } from '../shared/format.js';
import { logWords } from './strings.js';

/** `text`, `ping`, `reserved 0x3`; a line of ours is an `event`. */
export function typeOf(row: LogRow): string {
  return row.kind === 'event' ? logWords.rows.event : opcodeName(row.opcode);
}

/** To the byte while that stays short. */
export function sizeText(bytes: number): string {
  return bytes < 100_000 ? `${formatCount(bytes)} B` : formatBytes(bytes);
}

/** Payload bytes as the application sees them. */
export function contentBytes(row: LogRow): number {
  return row.inflatedBytes ?? row.payloadBytes;
}

/** What stands beside the type: the bits of a frame, or how a message was made. */
export function flagsOf(row: LogRow, wire: boolean): readonly string[] {
  if (row.kind === 'event' || row.wire === 'unknown') return [];
  if (wire) {
    const bits: readonly (readonly [string, boolean])[] = [
      ['FIN', row.fin],
      ['RSV1', row.rsv1],
      ['RSV2', row.rsv2],
      ['RSV3', row.rsv3],
      ['MASK', row.masked],
    ];
    return bits.filter(([, set]) => set).map(([name]) => name);
  }
  return [
    ...(row.frames > 1 ? [fill(logWords.rows.frames, { count: formatCount(row.frames) })] : []),
    ...(row.inflatedBytes !== null ? [logWords.rows.deflate] : []),
    ...(row.rsv2 ? ['RSV2'] : []),
    ...(row.rsv3 ? ['RSV3'] : []),
  ];
}

/** What is left of the bytes, as `38 %`; null where nothing was compressed. */
export function ratioText(row: Pick<LogRow, 'inflatedBytes' | 'payloadBytes'>): string | null {
  if (row.inflatedBytes === null || row.inflatedBytes === 0) return null;
  return formatPercent(row.payloadBytes / row.inflatedBytes);
}

export function formatPercent(ratio: number): string {
  const percent = ratio * 100;
  return `${percent < 10 ? Number(percent.toFixed(1)) : Math.round(percent)} %`;
}
