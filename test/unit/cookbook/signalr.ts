import type { WebSocket } from 'ws';

interface HubMessage {
  readonly protocol?: string;
  readonly type?: number;
  readonly invocationId?: string;
  readonly target?: string;
  readonly arguments?: readonly number[];
}

const SEPARATOR = '\u001e';

/** A hub with one method, `Add`: https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/HubProtocol.md */
export function serveSignalr(socket: WebSocket): void {
  let isGreeted = false;
  const send = (message: object) => socket.send(`${JSON.stringify(message)}${SEPARATOR}`);
  socket.on('message', (data: Buffer) => {
    for (const record of data.toString().split(SEPARATOR).slice(0, -1)) {
      const { protocol, type, invocationId, target, arguments: args = [] } = JSON.parse(record) as HubMessage;
      if (!isGreeted) {
        isGreeted = protocol === 'json';
        send(isGreeted ? {} : { error: `The protocol '${protocol}' is not supported.` });
        // What a hub sends by itself comes between call and completion.
        send({ type: 6 });
      } else if (type === 1 && target === 'Add') {
        send({ type: 1, target: 'Adding', arguments: args });
        send({ type: 3, invocationId, result: args.reduce((sum, each) => sum + each, 0) });
      } else if (type === 1) send({ type: 3, invocationId, error: `Unknown hub method '${target}'` });
    }
  });
}
