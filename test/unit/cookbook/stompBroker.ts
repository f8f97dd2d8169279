import type { WebSocket } from 'ws';

interface Frame {
  readonly command: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Subscriber {
  readonly id: string;
  readonly destination: string;
  readonly send: (frame: Frame) => void;
}

/** A broker of STOMP 1.2 for what the cookbook says, over bare WebSocket messages or in the frames of SockJS. */
export class StompBroker {
  readonly #subscribers = new Map<WebSocket, Subscriber[]>();
  #messages = 0;

  serve(socket: WebSocket, isSockJs: boolean): void {
    const send = (frame: Frame) => {
      const lines = Object.entries(frame.headers).map(([name, value]) => `${name}:${value}`);
      const text = `${[frame.command, ...lines].join('\n')}\n\n${frame.body}\0`;
      socket.send(isSockJs ? `a${JSON.stringify([text])}` : text);
    };
    if (isSockJs) socket.send('o');
    socket.on('close', () => this.#subscribers.delete(socket));
    socket.on('message', (data: Buffer) => {
      const texts = isSockJs ? (JSON.parse(data.toString()) as string[]) : [data.toString()];
      for (const text of texts) this.#receive(parse(text), socket, send);
    });
  }

  #receive({ command, headers, body }: Frame, socket: WebSocket, send: (frame: Frame) => void): void {
    const { receipt, destination = '', id = '' } = headers;
    if (command === 'CONNECT')
      send({ command: 'CONNECTED', headers: { version: '1.2', 'heart-beat': '0,0' }, body: '' });
    if (command === 'SUBSCRIBE') {
      this.#subscribers.set(socket, [...(this.#subscribers.get(socket) ?? []), { id, destination, send }]);
    }
    if (command === 'SEND') this.#publish(destination, headers, body);
    if (receipt !== undefined) send({ command: 'RECEIPT', headers: { 'receipt-id': receipt }, body: '' });
  }

  #publish(destination: string, { 'content-type': type }: Frame['headers'], body: string): void {
    const more = type === undefined ? {} : { 'content-type': type };
    const all = [...this.#subscribers.values()].flat().filter((each) => each.destination === destination);
    for (const { id, send } of all) {
      const headers = { subscription: id, 'message-id': String(++this.#messages), destination, ...more };
      send({ command: 'MESSAGE', headers, body });
    }
  }
}

function parse(text: string): Frame {
  const end = text.indexOf('\n\n');
  const [command = '', ...lines] = text.slice(0, end).split('\n');
  const headers = lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]);
  return { command, headers: Object.fromEntries(headers) as Frame['headers'], body: text.slice(end + 2, -1) };
}
