// One broker of STOMP over plain WebSockets and one over SockJS, from the packages of test/peers/node.
import http from 'node:http';
import { createRequire } from 'node:module';

const require = createRequire('{{modules}}/package.json');
const StompServer = require('stomp-broker-js');

for (const [port, protocol] of [
  ['{{plain}}', 'ws'],
  ['{{wrapped}}', 'sockjs'],
]) {
  const server = http.createServer((_, response) => response.writeHead(404).end());
  const broker = new StompServer({ server, protocol, path: '/stomp', debug() {} });
  broker.on('error', console.error);
  server.listen(Number(port), '127.0.0.1');
}
