import { translated } from './translated.js';

/** Words that every room of the inspector uses; `{name}` is a place that `fill` fills. */
export const sharedWords = translated({
  copy: 'Copy',
  copied: 'Copied',
  copyOf: 'Copy {what}',
  failed: 'That did not work: {message}',
} as const);
