import * as vscode from 'vscode';
import type { Fault, FaultAction, FaultKind } from '../../core/base/fault.js';

/** How a kind of fault is asked for. */
interface Asked {
  readonly kind: FaultKind;
  readonly label: string;
  readonly detail: string;
  /** Undefined when the person turned away. */
  readonly ask: () => Promise<FaultAction | undefined>;
  /** It happens to messages, so that some of them can be chosen. */
  readonly ofMessages: boolean;
  /** A direction means something. */
  readonly directed: boolean;
  /** It happens before there is a connection. */
  readonly early?: boolean;
}

type Does = FaultAction;

/** Asks for a fault of one connection, or of all. */
export async function askFault(isOfAll: boolean): Promise<Fault | 'file' | undefined> {
  const items = kinds()
    .filter(({ early }) => isOfAll || !early)
    .map((asked) => ({ label: asked.label, detail: asked.detail, asked }));
  const file = {
    label: vscode.l10n.t('From a file…'),
    detail: vscode.l10n.t('Its faults take the place of those that apply now.'),
    asked: null,
  };
  const title = isOfAll
    ? vscode.l10n.t('What goes wrong on all connections?')
    : vscode.l10n.t('What goes wrong on this connection?');
  const chosen = await vscode.window.showQuickPick(isOfAll ? [...items, file] : items, { title, matchOnDetail: true });
  if (!chosen?.asked) return chosen && 'file';
  const does = await chosen.asked.ask();
  if (!does) return undefined;
  const direction = chosen.asked.directed ? await askDirection() : 'both';
  if (!direction) return undefined;
  const more = chosen.asked.ofMessages ? await askWhich() : {};
  return more && { ...more, ...(direction === 'both' ? {} : { direction }), do: does };
}

/** Undefined when the person turned away. */
export async function askDirection(): Promise<NonNullable<Fault['direction']> | undefined> {
  const items = [
    { label: vscode.l10n.t('Both ways'), direction: 'both' },
    { label: vscode.l10n.t('To the client'), direction: 'toClient' },
    { label: vscode.l10n.t('To the server'), direction: 'toServer' },
  ] as const;
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Which way?'), ignoreFocusOut: true }))
    ?.direction;
}

async function askWhich(): Promise<Pick<Fault, 'when' | 'probability'> | undefined> {
  const every = { label: vscode.l10n.t('Every message'), which: 'all' } as const;
  const some = { label: vscode.l10n.t('One in…'), which: 'share' } as const;
  const matching = { label: vscode.l10n.t('Those that contain…'), which: 'contains' } as const;
  const title = vscode.l10n.t('Which messages?');
  const chosen = await vscode.window.showQuickPick([every, some, matching], { title, ignoreFocusOut: true });
  if (!chosen) return undefined;
  if (chosen.which === 'all') return {};
  if (chosen.which === 'share') {
    const count = await askNumber(vscode.l10n.t('One message in how many, by chance?'), '10', 1, 1_000_000);
    return count === undefined ? undefined : { probability: 1 / count };
  }
  const contains = await askText(vscode.l10n.t('Messages that contain'));
  return contains === undefined || contains === '' ? undefined : { when: { match: { contains } } };
}

function kinds(): readonly Asked[] {
  const messages = { ofMessages: true, directed: true };
  const connection = { ofMessages: false, directed: true };
  const just = (does: Does) => () => Promise.resolve(does);
  return [
    {
      kind: 'delayMs',
      label: vscode.l10n.t('Delay…'),
      detail: vscode.l10n.t('Holds messages back for a time.'),
      ask: askDelay,
      ...messages,
    },
    {
      kind: 'bytesPerSecond',
      label: vscode.l10n.t('Throttle…'),
      detail: vscode.l10n.t('Lets so many bytes a second pass.'),
      ask: async () => {
        const bytesPerSecond = await askNumber(vscode.l10n.t('Bytes a second'), '1024', 1, 1e12);
        return bytesPerSecond === undefined ? undefined : { bytesPerSecond };
      },
      ofMessages: false,
      directed: true,
    },
    {
      kind: 'drop',
      label: vscode.l10n.t('Drop Messages'),
      detail: vscode.l10n.t('They do not arrive.'),
      ask: just({ drop: true }),
      ...messages,
    },
    {
      kind: 'duplicate',
      label: vscode.l10n.t('Send Messages Twice'),
      detail: vscode.l10n.t('Each arrives twice.'),
      ask: just({ duplicate: true }),
      ...messages,
    },
    {
      kind: 'reorder',
      label: vscode.l10n.t('Reorder Messages'),
      detail: vscode.l10n.t('The next one overtakes.'),
      ask: just({ reorder: true }),
      ...messages,
    },
    {
      kind: 'corrupt',
      label: vscode.l10n.t('Corrupt Messages'),
      detail: vscode.l10n.t('One bit of the payload is another.'),
      ask: just({ corrupt: true }),
      ...messages,
    },
    {
      kind: 'replace',
      label: vscode.l10n.t('Replace Messages…'),
      detail: vscode.l10n.t('Another text arrives in their place.'),
      ask: async () => {
        const replace = await askText(vscode.l10n.t('The text that arrives'));
        return replace === undefined ? undefined : { replace };
      },
      ...messages,
    },
    {
      kind: 'cut',
      label: vscode.l10n.t('Cut by FIN'),
      detail: vscode.l10n.t('TCP ends, without a Close frame.'),
      ask: just({ cut: 'fin' }),
      ...connection,
    },
    {
      kind: 'cut',
      label: vscode.l10n.t('Cut by RST'),
      detail: vscode.l10n.t('TCP is reset, as by a crash or a firewall.'),
      ask: just({ cut: 'rst' }),
      ...connection,
    },
    {
      kind: 'close',
      label: vscode.l10n.t('Close with a Code…'),
      detail: vscode.l10n.t('A Close frame, as if the other side had sent it.'),
      ask: async () => {
        const code = await askNumber(vscode.l10n.t('Close code'), '1011', 1000, 4999);
        return code === undefined ? undefined : { close: { code } };
      },
      ...connection,
    },
    {
      kind: 'halfOpen',
      label: vscode.l10n.t('Half-Open'),
      detail: vscode.l10n.t('Nothing passes any more, and nobody is told.'),
      ask: just({ halfOpen: true }),
      ...connection,
    },
    {
      kind: 'stopReading',
      label: vscode.l10n.t('Stop Reading'),
      detail: vscode.l10n.t('Whoever sends finds the line full: back-pressure.'),
      ask: just({ stopReading: true }),
      ...connection,
    },
    {
      kind: 'refusePong',
      label: vscode.l10n.t('Refuse Pongs'),
      detail: vscode.l10n.t('Pings stay without an answer.'),
      ask: just({ refusePong: true }),
      ...connection,
    },
    {
      kind: 'refuseUpgrade',
      label: vscode.l10n.t('Refuse Upgrades…'),
      detail: vscode.l10n.t('Those who connect from now on get an HTTP status.'),
      ask: async () => {
        const status = await askNumber(vscode.l10n.t('HTTP status'), '503', 400, 599);
        return status === undefined ? undefined : { refuseUpgrade: { status } };
      },
      ofMessages: false,
      directed: false,
      early: true,
    },
  ];
}

async function askDelay(): Promise<FaultAction | undefined> {
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('Milliseconds'),
    prompt: vscode.l10n.t('500, or 500 200 for up to 200 more by chance.'),
    value: '500',
    ignoreFocusOut: true,
    validateInput: (text) => (/^\s*\d{1,8}(\s+\d{1,8})?\s*$/.test(text) ? null : vscode.l10n.t('One or two numbers.')),
  });
  if (typed === undefined) return undefined;
  const [delayMs = 0, jitterMs] = typed.trim().split(/\s+/).map(Number);
  return { delayMs, ...(jitterMs === undefined ? {} : { jitterMs }) };
}

async function askNumber(title: string, value: string, least: number, most: number): Promise<number | undefined> {
  const typed = await vscode.window.showInputBox({
    title,
    value,
    ignoreFocusOut: true,
    validateInput: (text) => {
      const number = Number(text);
      const isGood = /^\s*\d+\s*$/.test(text) && number >= least && number <= most;
      return isGood ? null : vscode.l10n.t('A whole number from {0} to {1}.', least, most);
    },
  });
  return typed === undefined ? undefined : Number(typed);
}

function askText(title: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({ title, ignoreFocusOut: true });
}
