import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { BuiltCli } from '../cli/builtCli.js';

export interface Answer {
  readonly text: string;
  readonly isError: boolean;
}

/** An agent's side of `wsprobe mcp`, by the official client over stdio. */
export class ScriptedClient {
  readonly #client = new Client({ name: 'test', version: '1.0.0' });

  static async start(
    cli: BuiltCli,
    args: readonly string[] = [],
    env: Record<string, string> = {},
  ): Promise<ScriptedClient> {
    const scripted = new ScriptedClient();
    const path = process.env['PATH'] ?? '';
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [cli.path, 'mcp', ...args],
      env: { PATH: path, ...env },
    });
    await scripted.#client.connect(transport);
    return scripted;
  }

  get sdk(): Client {
    return this.#client;
  }

  async call(name: string, args: Readonly<Record<string, unknown>>): Promise<Answer> {
    const result = await this.#client.callTool({ name, arguments: args });
    return answerOf(result);
  }

  /** A session's id, as `wsprobe_connect` tells it. */
  async connect(args: Readonly<Record<string, unknown>>): Promise<string> {
    const { text } = await this.call('wsprobe_connect', args);
    const [, sessionId] = /^sessionId: (\S+)$/m.exec(text) ?? [];
    if (sessionId === undefined) throw new Error(`not connected: ${text}`);
    return sessionId;
  }

  stop(): Promise<void> {
    return this.#client.close();
  }
}

export function answerOf(result: Awaited<ReturnType<Client['callTool']>>): Answer {
  const content = result['content'] as readonly { readonly type: string; readonly text?: string }[];
  return { text: content.map(({ text = '' }) => text).join('\n'), isError: result['isError'] === true };
}
