// What a relay costs that looks at nothing: ws on both sides, each message handed on. Takes the target, prints its port, ends with its input.
import { WebSocket, WebSocketServer } from 'ws';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (client) => {
  const upstream = new WebSocket(process.argv[2], { perMessageDeflate: false });
  const early = [];
  client.on('message', (data, binary) => {
    if (upstream.readyState === WebSocket.OPEN) upstream.send(data, { binary });
    else early.push([data, binary]);
  });
  upstream.on('open', () => {
    for (const [data, binary] of early) upstream.send(data, { binary });
  });
  upstream.on('message', (data, binary) => client.send(data, { binary }));
  client.on('close', () => upstream.close());
  upstream.on('close', () => client.close());
});
server.on('listening', () => process.stdout.write(`${server.address().port}\n`));
process.stdin.on('end', () => process.exit(0)).resume();
