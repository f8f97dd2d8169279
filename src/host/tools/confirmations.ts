import * as vscode from 'vscode';
import type { OutgoingMessage } from '../../core/base/message.js';
import { plainLines, plainText } from '../../core/base/plainText.js';
import type { ToolInput, ToolTarget } from '../../core/tools/toolInput.js';
import { markdownBlock, markdownCode } from '../../core/text/markdown.js';

/** As much of the data as a question shows; more is counted. */
const MAX_SHOWN = 2_000;

/** Who knows where a target leads and what a session is connected to, without secrets. */
export interface Addresses {
  addressOf(target: ToolTarget): Promise<string>;
  addressOfSession(sessionId: string): string;
}

/** The question before a call that connects or sends: it names the URL and the data. */
export async function askBefore(call: ToolInput, addresses: Addresses): Promise<vscode.PreparedToolInvocation> {
  switch (call.name) {
    case 'wsprobe_probe': {
      const url = await addresses.addressOf(call.input);
      return asked(vscode.l10n.t('Probing {0}', url), vscode.l10n.t('Probe a WebSocket?'), connection(url, call.input));
    }
    case 'wsprobe_connect': {
      const url = await addresses.addressOf(call.input);
      return asked(
        vscode.l10n.t('Connecting to {0}', url),
        vscode.l10n.t('Connect to a WebSocket?'),
        connection(url, call.input),
      );
    }
    case 'wsprobe_find_cure': {
      const url = await addresses.addressOf(call.input);
      const many = vscode.l10n.t('Its handshake is repeated up to 24 times, one thing changed at a time.');
      return asked(
        vscode.l10n.t('Finding the cure of {0}', url),
        vscode.l10n.t('Repeat the handshake of a WebSocket?'),
        [...connection(url, call.input), many],
      );
    }
    case 'wsprobe_send': {
      const url = addresses.addressOfSession(call.input.sessionId);
      const question = vscode.l10n.t('Send a message over a WebSocket?');
      return asked(vscode.l10n.t('Sending to {0}', url), question, [to(url), ...data(textOf(call.input.message))]);
    }
    case 'wsprobe_read_frames':
      return { invocationMessage: vscode.l10n.t('Reading messages of a WebSocket') };
    case 'wsprobe_close':
      return { invocationMessage: vscode.l10n.t('Closing a WebSocket') };
    case 'wsprobe_explain_close':
      return { invocationMessage: vscode.l10n.t('Explaining close code {0}', call.input.code) };
  }
}

function asked(invocationMessage: string, title: string, blocks: readonly string[]): vscode.PreparedToolInvocation {
  const message = new vscode.MarkdownString(blocks.join('\n\n'));
  return { invocationMessage: plainText(invocationMessage, 300), confirmationMessages: { title, message } };
}

function connection(url: string, { profile, environment, over }: ToolTarget): readonly string[] {
  const { headers = {}, subprotocols = [], message } = over;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
  const send = message?.send;
  return [
    to(url),
    ...(profile === null ? [] : [vscode.l10n.t('By the profile {0}', markdownCode(profile))]),
    ...(environment === null ? [] : [vscode.l10n.t('In the environment {0}', markdownCode(environment))]),
    ...(lines.length === 0 ? [] : [vscode.l10n.t('With the headers'), block(written(lines.join('\n')))]),
    ...(subprotocols.length === 0
      ? []
      : [vscode.l10n.t('With the subprotocols {0}', markdownCode(written(subprotocols.join(', '))))]),
    ...(typeof send === 'object' && 'text' in send ? data(written(send.text)) : []),
  ];
}

function to(url: string): string {
  return vscode.l10n.t('To {0}', markdownCode(url));
}

function data(text: string): readonly string[] {
  const bytes = Buffer.byteLength(text);
  return [vscode.l10n.t('What is sent ({0} bytes)', bytes), block(text)];
}

function textOf({ format, content }: OutgoingMessage): string {
  return format === 'hex' ? content : written(content);
}

/** As it goes out: `$${` was made of a `${` that means just that. */
function written(text: string): string {
  return text.replaceAll('$${', () => '${');
}

function block(text: string): string {
  const shown = plainLines(text, MAX_SHOWN);
  return markdownBlock(text.length > MAX_SHOWN ? `${shown}…` : shown, 'text');
}
