// Frameworks of Node, each on a port of its own, from the packages of test/peers/node.
import http from 'node:http';
import { createRequire } from 'node:module';

const require = createRequire('{{modules}}/package.json');
const express = require('express');
const fastify = require('fastify');
const graphql = require('graphql');
const sockjs = require('sockjs');
const { SubscriptionServer } = require('subscriptions-transport-ws');

const HOST = '127.0.0.1';

const app = express();
app.get('/', (_, response) => response.send('home'));
app.listen(Number('{{express}}'), HOST);

const bare = fastify();
bare.get('/', async () => 'home');
await bare.listen({ port: Number('{{fastify}}'), host: HOST });

const routed = fastify();
await routed.register(require('@fastify/websocket'));
await routed.register(async (scope) => {
  scope.get('/ws', { websocket: true }, (socket) => socket.on('message', (data) => socket.send(String(data))));
});
await routed.listen({ port: Number('{{routed}}'), host: HOST });

const echo = sockjs.createServer({ log() {} });
echo.on('connection', (connection) => connection.on('data', (message) => connection.write(message)));
const web = http.createServer((_, response) => response.writeHead(404).end());
echo.installHandlers(web, { prefix: '/echo' });
web.listen(Number('{{sockjs}}'), HOST);

const api = http.createServer((_, response) => response.writeHead(404).end());
SubscriptionServer.create(
  {
    schema: graphql.buildSchema('type Query { a: Int }'),
    execute: graphql.execute,
    subscribe: graphql.subscribe,
    onConnect: (parameters) => {
      if (parameters?.token !== 'good') throw new Error('Missing auth token!');
    },
  },
  { server: api, path: '/graphql' },
);
api.listen(Number('{{legacy}}'), HOST);
