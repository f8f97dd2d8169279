import type { CloseExplanation } from '../../core/close/explainClose.js';
import { plainRecord } from './plainReport.js';
import type { Style, Tone } from './style.js';
import { Page } from './text.js';

const RECONNECT: Record<CloseExplanation['reconnect'], string> = {
  yes: 'yes, at once with a little jitter',
  no: 'no, it would be closed again',
  backoff: 'yes, after a growing pause',
  fix: 'only once the cause is mended',
};

const CLASS_TONE: Record<CloseExplanation['class'], Tone> = {
  normal: 'good',
  transient: 'warn',
  permanent: 'bad',
  protocol: 'bad',
  auth: 'bad',
  limit: 'warn',
};

/** A close code for a person: what it means, what to do, who sends it. */
export function renderClose(hostile: CloseExplanation, style: Style): string[] {
  const close = plainRecord(hostile);
  const page = new Page(style);
  const dialect = close.dialect === null ? '' : style.paint('dim', ` (${close.dialect})`);
  page.heading(style.paint(CLASS_TONE[close.class], close.title) + dialect);
  page.gap();
  page.row('meaning', close.meaning);
  for (const [index, cause] of close.causes.entries())
    page.bullet(index === 0 ? 'causes' : '', cause, style.glyphs.bullet);
  for (const [index, action] of close.actions.entries())
    page.bullet(index === 0 ? 'what to do' : '', action, style.glyphs.bullet);
  page.row('reconnect', RECONNECT[close.reconnect]);
  page.row('sent by', senderOf(close));
  if (close.note !== null) page.row('note', close.note);
  for (const [index, use] of close.usedBy.entries())
    page.bullet(index === 0 ? 'used by' : '', `${use.dialect}: ${use.name}. ${use.meaning}`, style.glyphs.bullet);
  if (close.usedBy.length > 0) page.row('', 'Say which one with --dialect.', 'dim');
  page.row('source', close.source, 'dim');
  return page.lines();
}

function senderOf({ sentBy, wire }: CloseExplanation): string {
  if (!wire) return 'nobody: it never stands in a close frame, a library makes it up';
  return { client: 'clients', server: 'servers', either: 'both sides', synthetic: 'a library, never the peer' }[sentBy];
}
