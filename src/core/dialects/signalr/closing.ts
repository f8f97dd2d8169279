import { defineDialect } from '../../close/closeCode.js';

export const signalr = defineDialect({
  name: 'signalr',
  title: 'ASP.NET Core SignalR',
  source: '@microsoft/signalr 10.0',
  note: 'No private close codes: a Close message {"type":7,"error":…,"allowReconnect":…} says why.',
});
