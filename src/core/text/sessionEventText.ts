import type { ConnectionEnd, SessionEvent } from '../base/sessionEvent.js';

/** An event of a session as the one line that every face shows. */
export function renderSessionEvent(event: SessionEvent): string {
  switch (event.kind) {
    case 'connecting':
      if (event.url !== undefined) return `Connecting to ${event.url}`;
      return event.connection === 1 ? 'Connecting' : `Connecting (${event.connection})`;
    case 'redirected':
      return `Redirected to ${event.url}`;
    case 'open':
      return openText(event);
    case 'closed':
      return closedText(event.close);
    case 'not-connected':
      return event.message ?? 'Not connected';
    case 'connect-failed':
      return `${event.connection === 1 ? 'Connecting' : 'Reconnecting'} failed: ${event.message}`;
    case 'reconnecting':
      return `Reconnecting in ${event.delayMs} ms (attempt ${event.attempt} of ${event.maxAttempts})`;
    case 'gave-up':
      return `Not reconnecting: ${event.maxAttempts} attempts are through`;
    case 'not-worth-retrying':
      return `Not reconnecting: ${event.code} would come again until its cause is mended`;
    case 'heartbeat-missed':
      return `No answer to the heartbeat within ${event.timeoutMs} ms: the connection is given up`;
    case 'heartbeat-not-sent':
      return `The heartbeat could not be sent: ${event.message}`;
    case 'repeat-stopped':
      return `Repeating stopped: ${event.message}`;
    case 'half-closed':
      return 'Half-closed: we sent FIN and still read';
    case 'paused':
      return 'Reading paused: TCP holds the peer back';
    case 'resumed':
      return 'Reading goes on';
    case 'frames-missing':
      return `${event.frames} frames are missing here: ${event.reason}`;
    case 'note':
      return event.text;
  }
}

function openText({ durationMs, subprotocol, url }: Extract<SessionEvent, { readonly kind: 'open' }>): string {
  const what = url === undefined ? 'Open' : `Open: ${url}`;
  const after = durationMs === null ? what : `${what} after ${durationMs} ms`;
  return subprotocol === null ? after : `${after}, subprotocol ${subprotocol}`;
}

function closedText({ code, reason, evidence }: ConnectionEnd): string {
  const facts = [code === null ? 'without a known code' : String(code), reason].filter((fact) => fact !== '').join(' ');
  return evidence === '' ? `Closed ${facts}` : `Closed ${facts}: ${evidence}`;
}
