import { timersNear } from '../../core/close/timers.js';
import { clusters } from '../../core/lab/measure/clusters.js';
import type { TapSummary } from '../../core/session/tapState.js';
import { formatDuration } from '../../core/text/durations.js';
import { formatBytes } from '../../core/text/sizes.js';
import { plural } from '../render/words.js';

/** Below it a lifetime is a person's or a program's own doing. */
const LEAST_LIFETIME_MS = 4_000;

/** What a tap came to, in lines. */
export function tapSummaryText(summary: TapSummary, lifetimesMs: readonly number[]): string {
  const { bytes, connections, disconnects, messages, reconnectAfterMs, reconnects, refused, session } = summary;
  const ends = Object.entries(disconnects)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${reason} ${count}`);
  const passed = (lane: 'toServer' | 'toClient') =>
    `${plural(messages[lane], 'message')} (${formatBytes(bytes[lane])})`;
  const lines = [
    `${plural(connections, 'connection')}${refused > 0 ? `, ${refused} refused` : ''}; ${passed('toServer')} to the server, ${passed('toClient')} to clients`,
    ...(ends.length > 0 ? [`ends: ${ends.join(', ')}`] : []),
    ...(session ? [`open for ${formatDuration(session.p50Ms)} (median), ${formatDuration(session.p95Ms)} (p95)`] : []),
    ...(reconnects > 0 && reconnectAfterMs !== null
      ? [`${plural(reconnects, 'client')} came back, after ${formatDuration(reconnectAfterMs)} (median)`]
      : []),
    ...lifetimeLines(lifetimesMs),
  ];
  return lines.map((line) => `wsprobe: ${line}\n`).join('');
}

/** Connections that live as long as each other end by somebody's timer. */
function lifetimeLines(lifetimesMs: readonly number[]): readonly string[] {
  return clusters(lifetimesMs.filter((ms) => ms >= LEAST_LIFETIME_MS)).map(({ count, medianMs }) => {
    const [timer] = [...timersNear(medianMs, 'lifetime'), ...timersNear(medianMs, 'idle')];
    const known = timer ? `: the time of ${timer.owners.map(({ name }) => name).join(', ')}` : '';
    return `${count} connections lived ${formatDuration(medianMs)}${known}`;
  });
}
