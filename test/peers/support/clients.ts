import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { createClient } from 'graphql-ws';
import { chromium } from 'playwright-core';
import { WebSocket } from 'ws';
import { chromiumFlags, findHeadless } from '../../../scripts/chromium.mjs';

/** One conversation of somebody else's client with a `ws:` URL: what it heard, in its own words. Rejects where the client gives up. */
export type Conversation = (url: string) => Promise<readonly string[]>;

const require = createRequire(`${resolve('test/peers/node')}/package.json`);

/** A page that says three things and tells what it heard; with a close it did not ask for, that too. */
export const PAGE = `<!doctype html><title>Talks</title><script>
  const url = new URLSearchParams(location.search).get('ws') ?? 'ws://' + location.host + '/echo';
  const heard = [];
  window.done = new Promise((resolve) => {
    const socket = new WebSocket(url, ['chat']);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => { socket.send('{"type":"hello","from":"a page"}'); socket.send(new Uint8Array([1, 2, 3])); socket.send('last'); };
    socket.onmessage = ({ data }) => {
      heard.push(typeof data === 'string' ? data : 'bytes ' + [...new Uint8Array(data)]);
      if (data === 'last') socket.close(1000, 'done');
    };
    socket.onclose = ({ code, reason }) => resolve([...heard, 'closed ' + code + ' ' + reason]);
  });
</script>`;

/** Chromium with the page at an address: the page is fetched by the same way, or says to whom else it is to talk. */
export async function chromiumPage(page: string): Promise<readonly string[]> {
  const browser = await chromium.launch({ executablePath: findHeadless(), args: [...chromiumFlags] });
  try {
    const tab = await browser.newPage();
    await tab.goto(page);
    return await tab.evaluate(() => (window as unknown as { done: Promise<string[]> }).done);
  } finally {
    await browser.close();
  }
}

/** The client of graphql-ws: one subscription to its end. It connects again by itself, as often as it does by default. */
export const graphqlWs: Conversation = async (url) => {
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    lazy: true,
    retryWait: () => Promise.resolve(),
    shouldRetry: () => true,
  });
  try {
    const heard: string[] = [];
    for await (const { data } of client.iterate({ query: 'subscription { count(to: 3) }' })) {
      heard.push(JSON.stringify(data));
    }
    return heard;
  } finally {
    await client.dispose();
  }
};

interface SocketIo {
  on(name: 'said', listener: (text: string, bytes: Buffer) => void): SocketIo;
  emitWithAck(name: string, ...args: unknown[]): Promise<unknown>;
  timeout(ms: number): SocketIo;
  close(): void;
}

/** The client of Socket.IO: an event that is acknowledged, one that the server says to all. */
export function socketIo(transports: readonly string[]): Conversation {
  return async (url) => {
    const { io } = require('socket.io-client') as { io: (url: string, options: object) => SocketIo };
    const address = url.replace(/^ws/, 'http');
    const socket = io(address, { transports, reconnectionDelay: 10, reconnectionDelayMax: 10, forceNew: true });
    try {
      const said = new Promise<string>((done) => {
        socket.on('said', (text: string, bytes: Buffer) => done(`said ${text} ${bytes.toString('hex')}`));
      });
      // Where the connection is cut before the answer, it is asked again on the next.
      const answer = await acknowledged(socket);
      return [answer, await said];
    } finally {
      socket.close();
    }
  };
}

async function acknowledged(socket: SocketIo): Promise<string> {
  return String(await again(() => socket.timeout(1_000).emitWithAck('say', 'hi')));
}

async function again<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = 5; ; left--) {
    try {
      return await ask();
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

interface Mqtt {
  subscribeAsync(topic: string, options: object): Promise<unknown>;
  publishAsync(topic: string, payload: string, options: object): Promise<unknown>;
  on(name: 'error', listener: (error: Error) => void): Mqtt;
  on(name: 'message', listener: (topic: string, payload: Buffer) => void): Mqtt;
  endAsync(): Promise<void>;
}

/** The client of MQTT.js: subscribes, publishes and hears itself. */
export const mqtt: Conversation = async (url) => {
  const { connect } = require('mqtt') as { connect: (url: string, options: object) => Mqtt };
  const client = connect(url, { clientId: 'page-1', reconnectPeriod: 10, protocolVersion: 4 });
  client.on('error', () => undefined);
  try {
    const heard = new Promise<[string, Buffer]>((resolve) => {
      client.on('message', (topic, payload) => resolve([topic, payload]));
    });
    // What was under way where the connection is cut is not asked again by itself.
    await again(() => client.subscribeAsync('rooms/#', { qos: 1 }));
    // Kept: who comes back may say it before it has subscribed anew.
    await client.publishAsync('rooms/a', '{"n":1}', { qos: 1, retain: true });
    const [topic, payload] = await heard;
    return [`${topic} ${payload.toString()}`];
  } finally {
    await client.endAsync();
  }
};
