import { resolve } from 'node:path';
import { ProbeError } from '../../core/base/errors.js';
import { plainText } from '../../core/base/plainText.js';
import { encodePayload } from '../../core/payload/encodePayload.js';
import type { ProbePlan } from '../../core/base/plan.js';
import { suggest } from '../../core/profile/problems.js';
import type { LiveSource } from '../../core/session/liveSource.js';
import type { Session } from '../../core/session/session.js';
import { outgoingOf } from '../../core/payload/outgoing.js';
import { parseRawFrame } from './rawFrame.js';
import { operationsText } from './operationsText.js';
import { statsText } from './statsText.js';

/** What a command may do. */
export interface CommandContext {
  readonly session: Session;
  readonly source: LiveSource;
  readonly plan: ProbePlan;
  /** Where relative paths start. */
  readonly cwd: string;
  readonly tell: (text: string) => void;
  readonly close: (code: number, reason: string) => void;
  readonly terminate: () => void;
  readonly pause: (paused: boolean) => void;
  /** Starts a recording; null ends it. */
  readonly record: (path: string | null) => Promise<void>;
}

interface Command {
  readonly usage: string;
  readonly summary: string;
  run(rest: string, context: CommandContext): Promise<unknown> | void;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  ping: {
    usage: '/ping [text]',
    summary: 'a ping; the pong shows its round trip',
    run: (rest, { session }) => session.ping(rest === '' ? null : rest),
  },
  pong: { usage: '/pong [text]', summary: 'a pong nobody asked for', run: (rest, { session }) => session.pong(rest) },
  close: {
    usage: '/close [code] [reason]',
    summary: 'close politely, with 1000 or this code',
    run: (rest, context) => {
      const [code = '', ...reason] = rest.split(' ');
      if (!/^\d{0,5}$/.test(code)) throw new ProbeError('usage', '/close wants a code before the reason.');
      context.close(code === '' ? 1000 : Number(code), reason.join(' '));
    },
  },
  terminate: {
    usage: '/terminate',
    summary: 'let go at once, without a Close frame',
    run: (_, context) => context.terminate(),
  },
  'send-file': {
    usage: '/send-file <path>',
    summary: 'a file: as text where it is text, else as binary',
    run: (rest, context) => sendFile(required(rest, '/send-file <path>'), context),
  },
  hex: {
    usage: '/hex <bytes>',
    summary: 'a binary message: /hex 00 ff 10',
    run: (rest, { session }) => session.send({ format: 'hex', content: rest, binary: true }),
  },
  base64: {
    usage: '/base64 <text>',
    summary: 'a binary message, from base64',
    run: (rest, { session }) => session.send({ format: 'base64', content: rest, binary: true }),
  },
  json: {
    usage: '/json <text>',
    summary: 'checked, then sent as typed',
    run: (rest, { session }) => session.send({ format: 'json', content: rest, binary: false }),
  },
  say: {
    usage: '/say <name>',
    summary: "one of the profile's messages",
    run: (rest, context) => say(rest, context),
  },
  raw: {
    usage: '/raw <opcode> [hex]',
    summary: 'any frame, broken too: /raw text nofin rsv1 rsv2 rsv3 unmasked 68 69',
    run: (rest, { session }) => session.sendRaw(parseRawFrame(rest)),
  },
  pause: {
    usage: '/pause',
    summary: 'stop reading; TCP holds the peer back',
    run: (_, context) => context.pause(true),
  },
  resume: { usage: '/resume', summary: 'read on', run: (_, context) => context.pause(false) },
  stats: {
    usage: '/stats',
    summary: 'what went to and fro',
    run: (_, { source, tell }) => tell(statsText(source.snapshot())),
  },
  operations: {
    usage: '/operations',
    summary: 'requests and how long their replies took',
    run: async (_, { source, tell }) => {
      await source.dialect.caughtUp();
      tell(operationsText(source.dialect));
    },
  },
  reconnect: {
    usage: '/reconnect',
    summary: 'close with 1001 and connect anew',
    run: (_, { session }) => session.reconnect(),
  },
  record: {
    usage: '/record <file>',
    summary: 'record from now on; without a file, end it',
    run: (rest, { cwd, record }) => record(rest === '' ? null : resolve(cwd, rest)),
  },
  help: { usage: '/help', summary: 'this', run: (_, { tell }) => tell(helpText()) },
  quit: {
    usage: '/quit',
    summary: 'close with 1000 and leave; Ctrl+D too',
    run: (_, context) => context.close(1000, ''),
  },
};

/** `//text` is the text `/text`; null for a line that is a command. */
export function textOf(line: string): string | null {
  if (!line.startsWith('/')) return line;
  return line.startsWith('//') ? line.slice(1) : null;
}

/** Runs `/name rest`. Rejects with a ProbeError that says what is wrong. */
export async function runCommand(line: string, context: CommandContext): Promise<void> {
  const [, name = '', rest = ''] = /^\/(\S*)\s*([^]*)$/.exec(line.trimEnd()) ?? [];
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    const guess = suggest(name, Object.keys(COMMANDS));
    const lead = guess === null ? '' : `Did you mean /${guess}? `;
    throw new ProbeError('usage', `There is no command /${plainText(name, 40)}.`, {
      hint: `${lead}/help lists them; // at the beginning sends a text that begins with /.`,
    });
  }
  await command.run(rest, context);
}

/** Commands, and after `/say` the names of the profile's messages, as readline wants them. */
export function complete(line: string, plan: ProbePlan): [matches: string[], part: string] {
  const said = /^\/say (.*)$/.exec(line)?.[1];
  if (said !== undefined) return [plan.messages.map(({ name }) => name).filter((name) => name.startsWith(said)), said];
  if (!/^\/[a-z0-9-]*$/.test(line)) return [[], line];
  const matches = Object.entries(COMMANDS)
    .filter(([name]) => `/${name}`.startsWith(line))
    .map(([name, { usage }]) => (usage === `/${name}` ? `/${name}` : `/${name} `));
  return [matches, line];
}

function helpText(): string {
  const rows = Object.values(COMMANDS).map(({ usage, summary }) => `${usage.padEnd(24)} ${summary}`);
  const texts = [
    'A line is sent as one text message; // at its beginning stands for /.',
    '${uuid}, ${now} and ${seq} are filled in; $${ stands for ${.',
  ];
  return [...rows, '', ...texts].join('\n');
}

function required(rest: string, usage: string): string {
  if (rest === '') throw new ProbeError('usage', `Usage: ${usage}`);
  return rest;
}

async function say(name: string, context: CommandContext): Promise<void> {
  const { messages, baseDir } = context.plan;
  const message = messages.find((each) => each.name === name);
  if (message === undefined) {
    const names = messages.map((each) => plainText(each.name, 60)).join(', ');
    const hint = names === '' ? 'The profile has no messages.' : `There is: ${names}.`;
    throw new ProbeError('usage', `The profile has no message ${plainText(name, 60)}.`, { hint });
  }
  const { send } = message;
  if (typeof send === 'object' && 'file' in send) await sendFile(resolve(baseDir ?? context.cwd, send.file), context);
  else await context.session.send(outgoingOf(send));
}

async function sendFile(path: string, { cwd, session }: CommandContext): Promise<void> {
  const content = resolve(cwd, path);
  const { binary } = await encodePayload({ file: content }, { baseDir: null });
  await session.send({ format: 'file', content, binary });
}
