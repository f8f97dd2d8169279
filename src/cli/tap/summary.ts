import type { TapSummary } from '../../core/session/tapState.js';
import { hastyText } from '../../core/text/hastyText.js';
import { sameLifetimes } from '../../core/tap/relay/lifetimes.js';
import { formatDuration } from '../../core/text/durations.js';
import { formatBytes } from '../../core/text/sizes.js';
import { plural } from '../render/words.js';

/** What a tap came to, in lines. */
export function tapSummaryText(summary: TapSummary, lifetimesMs: readonly number[]): string {
  const { bytes, connections, disconnects, hasty, messages, reconnectAfterMs, reconnects, refused, session } = summary;
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
    ...(hasty ? [hastyText(hasty)] : []),
    ...lifetimeLines(lifetimesMs),
  ];
  return lines.map((line) => `wsprobe: ${line}\n`).join('');
}

function lifetimeLines(lifetimesMs: readonly number[]): readonly string[] {
  return sameLifetimes(lifetimesMs).map(({ count, medianMs, timers }) => {
    const known = timers.length > 0 ? `: the time of ${timers.join(', ')}` : '';
    return `${count} connections lived ${formatDuration(medianMs)}${known}`;
  });
}
