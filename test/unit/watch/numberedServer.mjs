import { WebSocketServer } from 'ws';

// Says what its parent tells it to, to whoever is there; its argument is its port. It tells which port it took, and each client that comes.
const server = new WebSocketServer({ port: Number(process.argv[2]), host: '127.0.0.1' });
const tell = (what) => process.send?.(what);
server.once('listening', () => tell({ port: server.address().port }));
server.on('connection', () => tell({ clients: server.clients.size }));
process.on('message', (text) => {
  for (const client of server.clients) client.send(String(text));
});
process.once('disconnect', () => process.exit());
