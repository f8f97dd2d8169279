import { WebSocket } from 'ws';
import { type EchoClient, MAX_ANSWERS, MAX_MESSAGE_BYTES } from './echoClient.js';

/** `ws` as it comes, but for the largest message it takes. */
export const bareClient: EchoClient = {
  name: 'ws',
  run: (url, { deadlineMs, echo, signal }) =>
    new Promise((resolve) => {
      const startedMs = performance.now();
      const answers: string[] = [];
      let messages = 0;
      let error: Error | null = null;
      let cut: string | null = null;
      const socket = new WebSocket(url, { maxPayload: MAX_MESSAGE_BYTES });
      const cutOff = (why: string) => {
        cut ??= why;
        socket.terminate();
      };
      const onAbort = () => cutOff('cancelled');
      const timer = setTimeout(() => cutOff(`nothing came for ${deadlineMs} ms`), deadlineMs);
      signal?.addEventListener('abort', onAbort);
      if (signal?.aborted) onAbort();
      socket.on('message', (data: Buffer, binary) => {
        messages += 1;
        timer.refresh();
        if (echo) socket.send(data, { binary });
        else if (answers.length < MAX_ANSWERS) answers.push(data.toString());
      });
      socket.on('error', (cause) => {
        error ??= cause;
      });
      socket.on('close', (code) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        const ended = cut ?? (error === null ? `close ${code}` : `close ${code}: ${error.message}`);
        resolve({ answers, messages, ended, durationMs: performance.now() - startedMs, disagreements: [] });
      });
    }),
};

/** Another client, but for what is asked about a case: that says nothing of the client, and goes by `ws` to where `from` stands for `to`. */
export function askingBare(client: EchoClient, from = '', to = ''): EchoClient {
  return {
    name: client.name,
    run: (url, options) =>
      options.echo ? client.run(url, options) : bareClient.run(`${to}${url.slice(from.length)}`, options),
  };
}
