import { translated } from '../shared/translated.js';

/** Words of requests with their replies; `{name}` is a place that `fill` fills. */
export const conversationWords = translated({
  region: 'Requests with their replies',
  help: 'Up and Down choose a line, Right shows the replies of a request, Left folds them, Enter opens the line, Ctrl+C copies it, Shift+F10 has the rest.',
  direction: { sent: 'sent', received: 'received' },
  reply: 'reply {number}',
  replies: '{time}, {count} replies',
  cut: ', the first {count} listed',
  state: {
    waiting: 'waiting',
    answered: 'answered',
    failed: 'failed',
    withdrawn: 'withdrawn',
    unanswered: 'never answered',
  },
  gone: 'no longer in the log',
  none: 'No request has been recognised yet',
  noneOf: 'No request passes the filter',
  noneOfHint: 'It looks for requests by the names of their operations, and into requests and replies.',
  noneHint: 'Where a dialect is known, requests stand here with their replies folded under them.',
  failed: 'The requests cannot be read: {message}',
  menu: 'Line',
  copy: 'Copy',
  show: 'Show in the Log',
  toggle: 'Show or Fold Replies',
} as const);
