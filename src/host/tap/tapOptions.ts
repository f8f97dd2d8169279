import * as vscode from 'vscode';
import { formatAuthority, isLoopbackName, parseAddress } from '../../core/base/address.js';
import { ProbeError } from '../../core/base/errors.js';
import { localPath } from '../sessions/places.js';
import type { TapSettings } from './taps.js';

const LOOPBACK = '127.0.0.1';
const MAX_SEED = 2 ** 32 - 1;

/** What code says of a tap; wrong values are refused by name. */
export function readTapOptions(options: unknown): TapSettings & { readonly faults: unknown } {
  const given = Object(options) as Readonly<Record<string, unknown>>;
  const { port = 0, host = LOOPBACK, tls = false, seed = null, answerFrom = null, pid = null, faults } = given;
  const isSeed = seed === null || (Number.isSafeInteger(seed) && (seed as number) >= 0 && (seed as number) <= MAX_SEED);
  const isPort = Number.isInteger(port) && (port as number) >= 0 && (port as number) <= 65_535;
  const isHost = typeof host === 'string' && /^[\w.:-]{1,255}$/.test(host);
  const isPid = pid === null || (Number.isSafeInteger(pid) && (pid as number) > 0);
  const from = answerFrom instanceof vscode.Uri ? localPath(answerFrom) : answerFrom;
  if (isPort && isHost && isSeed && isPid && typeof tls === 'boolean' && (from === null || typeof from === 'string'))
    return {
      host,
      port: port as number,
      tls,
      seed: seed as number | null,
      answerFrom: from,
      pid: pid as number | null,
      faults,
    };
  throw new ProbeError(
    'tap.options',
    vscode.l10n.t('A tap takes { port, host, tls, seed, faults, pid, answerFrom: the path of a recording }.'),
  );
}

/** Asks where to listen and how; undefined when the person turned away. */
export async function askTapOptions(): Promise<TapSettings | undefined> {
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('Port to listen on'),
    prompt: vscode.l10n.t(
      '0 takes a free one; only this machine reaches it, unless an address stands before the port.',
    ),
    value: '0',
    ignoreFocusOut: true,
    validateInput: (text) =>
      readListen(text) ? null : vscode.l10n.t('A port, or an address and a port: 0.0.0.0:8080.'),
  });
  const listen = typed === undefined ? null : readListen(typed);
  if (!listen || !(await mayListen(listen.host, listen.port))) return undefined;
  const secure = {
    label: vscode.l10n.t('Clients connect by wss://'),
    detail: vscode.l10n.t('With a certificate of an authority that this machine makes, and that clients must trust.'),
  };
  const answers = {
    label: vscode.l10n.t('Answer from a recording while the server is down…'),
    detail: vscode.l10n.t('Clients that cannot be passed on are answered as the recording did.'),
  };
  const title = vscode.l10n.t('Tap: choose what you need, or just confirm');
  const process = {
    label: vscode.l10n.t("Watch the memory of the server's process…"),
    detail: vscode.l10n.t('An alert comes when it grows while its connections stay.'),
  };
  const chosen = await vscode.window.showQuickPick([secure, answers, process], { title, canPickMany: true });
  if (!chosen) return undefined;
  const answerFrom = chosen.includes(answers) ? await askRecording() : null;
  const pid = answerFrom !== undefined && chosen.includes(process) ? await askPid() : null;
  if (answerFrom === undefined || pid === undefined) return undefined;
  return { ...listen, tls: chosen.includes(secure), seed: null, answerFrom, pid };
}

async function askPid(): Promise<number | undefined> {
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('Process id of the server on this machine'),
    ignoreFocusOut: true,
    validateInput: (text) => (/^\s*[1-9]\d{0,6}\s*$/.test(text) ? null : vscode.l10n.t('A whole number above 0.')),
  });
  return typed === undefined ? undefined : Number(typed);
}

/** Whoever reaches a tap reaches what it leads to: others may only where somebody says so. */
async function mayListen(host: string, port: number): Promise<boolean> {
  if (isLoopbackName(host)) return true;
  const listen = vscode.l10n.t('Listen');
  const message = vscode.l10n.t('Open {0} to the network?', formatAuthority(host, port));
  const detail = vscode.l10n.t(
    'Whoever reaches it reaches the target through this machine, with the credentials that the tap adds, and is recorded.',
  );
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, listen)) === listen;
}

/** `8080`, `0.0.0.0:8080`, `[::]:0`. */
function readListen(text: string): { readonly host: string; readonly port: number } | null {
  const [, inBrackets, name, digits = ''] = /^(?:(?:\[([\da-f:.]+)\]|([\w.-]+)):)?(\d{1,5})$/i.exec(text.trim()) ?? [];
  const port = Number(digits);
  if (digits === '' || port > 65_535 || (inBrackets !== undefined && parseAddress(inBrackets)?.length !== 16))
    return null;
  return { host: inBrackets ?? name ?? LOOPBACK, port };
}

async function askRecording(): Promise<string | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Choose a recording'),
      filters: { [vscode.l10n.t('WebSocket recording')]: ['wsrec', 'har', 'jsonl'] },
    })) ?? [];
  return file && localPath(file);
}
