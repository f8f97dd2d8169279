import { jsonShapes } from '../jsonMessages.js';
import { stringOf } from '../shape/shape.js';
import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

/** Pusher Channels protocol 7; Reverb and Soketi speak it too. */
export const pusher = defineDialect({
  name: 'pusher',
  title: 'Pusher (also Laravel Reverb and Soketi)',
  closing,
  host: /(^|\.)pusher(app)?\.com$/,
  isUrl: (path, query) => /\/app\/[^/]+$/.test(path) && query.has('protocol'),
  recogniseMessages: (messages) =>
    jsonShapes(messages).some((shape) => /^pusher(_internal)?:/.test(stringOf(shape, 'event') ?? '')) ? 0.95 : 0,
  createDecoder: async () => (await import('./decode.js')).createDecoder(),
});
