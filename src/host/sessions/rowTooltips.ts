import * as vscode from 'vscode';
import { formatDuration } from '../../core/text/durations.js';
import { formatBytes } from '../../core/text/sizes.js';
import type { TapState } from '../../protocol/session.js';
import { formatTime } from '../verdicts.js';
import type { ObservedRow } from './observedRow.js';
import type { SessionHandle } from './sessionHandle.js';

export function sessionTooltip({ snapshot, lastMessageAt }: SessionHandle): string {
  const { url, sent, received, findings, subprotocol, recording, observed } = snapshot;
  const counts = vscode.l10n.t('{0} sent, {1} received', sent.messages, received.messages);
  const last = lastMessageAt && vscode.l10n.t('last message {0}', formatTime(lastMessageAt.toISOString()));
  const tap = observed?.tap ? tapLines(observed.tap) : [];
  const facts = observed?.tap ? [] : [counts];
  return [url, subprotocol, ...facts, ...tap, last, findings[0]?.title, recording?.path].filter(Boolean).join('\n');
}

export function observedTooltip({ connection }: ObservedRow): string {
  const { client, connection: number, isPartial, url, why } = connection;
  const begun = isPartial ? vscode.l10n.t('It was open before: its beginning is unknown.') : '';
  const who = client ? [client.peer, client.origin, client.agent] : [];
  return [url, vscode.l10n.t('connection {0}', number), ...who, begun, why].filter(Boolean).join('\n');
}

/** What a tap has seen by now; figures that are nothing yet are left out. */
function tapLines({
  address,
  answersFrom,
  breakpoints,
  faults,
  isOpen,
  lifetimes,
  summary,
}: TapState): readonly string[] {
  const { active, bytes, connections, disconnects, messages, perMinute, reconnectAfterMs, reconnects } = summary;
  const { isStorm, refused, session, stale } = summary;
  const number = (value: number) => value.toLocaleString(vscode.env.language);
  const passed = (text: string, lane: 'toServer' | 'toClient') =>
    text.replace('{0}', number(messages[lane])).replace('{1}', formatBytes(bytes[lane]));
  const ends = Object.entries(disconnects).filter(([, count]) => count > 0);
  const lines = [
    vscode.l10n.t('Listens at {0}', address),
    isOpen && vscode.l10n.t('OPEN TO THE NETWORK'),
    vscode.l10n.t('{0} open, {1} in all, {2} new in the last minute', number(active), number(connections), perMinute),
    passed(vscode.l10n.t('{0} messages to the server, {1}'), 'toServer'),
    passed(vscode.l10n.t('{0} messages to clients, {1}'), 'toClient'),
    session &&
      vscode.l10n.t('open for {0} (median), {1} (p95)', formatDuration(session.p50Ms), formatDuration(session.p95Ms)),
    ...lifetimes.map(({ count, medianMs, timers }) => {
      const lived = vscode.l10n.t('{0} lived {1} each', number(count), formatDuration(medianMs));
      return timers.length > 0 ? `${lived} (${timers.join(', ')})` : lived;
    }),
    ends.length > 0 && vscode.l10n.t('ends: {0}', ends.map(([reason, count]) => `${reason} ${count}`).join(', ')),
    refused > 0 && vscode.l10n.t('{0} refused', number(refused)),
    reconnects > 0 &&
      vscode.l10n.t('{0} came back, after {1} (median)', number(reconnects), formatDuration(reconnectAfterMs ?? 0)),
    stale > 0 && vscode.l10n.t('{0} stale: nothing passed for five minutes', number(stale)),
    isStorm && vscode.l10n.t('A storm: ten times as many connections as usual'),
    faults.length > 0 && vscode.l10n.t('faults: {0}', faults.map(({ text }) => text).join('; ')),
    breakpoints.length > 0 && vscode.l10n.t('Messages are held'),
    answersFrom !== null && vscode.l10n.t('Answers from {0} while the server is down', answersFrom),
  ];
  return lines.filter((line) => typeof line === 'string');
}
