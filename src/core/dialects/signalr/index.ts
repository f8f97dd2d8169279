import { textOf } from '../messageText.js';
import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

/** https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/HubProtocol.md */
export const signalr = defineDialect({
  name: 'signalr',
  title: 'ASP.NET Core SignalR',
  closing,
  recogniseMessages: (messages) =>
    messages.some((message) => !message.binary && /^\{[^]*\}\x1e$/.test(textOf(message))) ? 0.9 : 0,
  createDecoder: async () => (await import('./decode.js')).createDecoder(),
});
