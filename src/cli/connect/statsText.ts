import type { SessionSnapshot, Traffic } from '../../core/session/snapshot.js';
import { formatDuration } from '../../core/text/durations.js';
import { formatBytes } from '../../core/text/sizes.js';
import { plural } from '../render/words.js';

/** What went to and fro, a line a fact. */
export function statsText(snapshot: SessionSnapshot): string {
  const { bufferedBytes, compressionRatio, connections, elapsedMs, heartbeat, received, roundTrips, sent, state } =
    snapshot;
  const marks = [snapshot.paused ? ', paused' : '', snapshot.refusesPong ? ', pongs refused' : ''].join('');
  const lines = [
    `state       ${state}${marks}, ${formatDuration(elapsedMs)} since the start, ${plural(connections, 'connection')}`,
    `sent        ${trafficText(sent)}`,
    `received    ${trafficText(received)}`,
    `unsent      ${formatBytes(bufferedBytes)}`,
  ];
  if (compressionRatio !== null)
    lines.push(
      `compressed  sent ${ratioText(compressionRatio.sent)}, received ${ratioText(compressionRatio.received)}`,
    );
  if (roundTrips !== null) {
    const { maxMs, minMs, p50Ms, p95Ms, samples } = roundTrips;
    const times = [`min ${formatDuration(minMs)}`, `p50 ${formatDuration(p50Ms)}`, `p95 ${formatDuration(p95Ms)}`];
    lines.push(
      `round trip  ${[...times, `max ${formatDuration(maxMs)}`].join(', ')} of ${plural(samples.length, 'ping')}`,
    );
  }
  if (snapshot.dialect !== null) lines.push(`dialect     ${snapshot.dialect}`);
  if (heartbeat !== null) lines.push(`heartbeat   every ${formatDuration(heartbeat.everyMs)}`);
  return lines.join('\n');
}

function trafficText({ bytesPerSecond, frames, messages, messagesPerSecond, payloadBytes }: Traffic): string {
  const total = `${plural(messages, 'message')}, ${plural(frames, 'frame')}, ${formatBytes(payloadBytes)}`;
  return `${total}; now ${messagesPerSecond} messages/s, ${formatBytes(bytesPerSecond)}/s`;
}

function ratioText(ratio: number | null): string {
  return ratio === null ? 'nothing yet' : `to ${Math.round(ratio * 100)} %`;
}
