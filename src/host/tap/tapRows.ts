import * as vscode from 'vscode';
import { ProbeError } from '../../core/base/errors.js';
import type { Breakpoint, Lane, ObservedConnection } from '../../protocol/session.js';
import { ObservedRow } from '../sessions/observedRow.js';
import type { SessionHandle } from '../sessions/sessionHandle.js';

export type ConnectionOfTap = Pick<ObservedConnection, 'connection' | 'name'>;

/** Those that are open. */
export function connectionsOf({ snapshot }: SessionHandle): readonly ConnectionOfTap[] {
  return (snapshot.observed?.listed ?? []).filter(({ state }) => state === 'open');
}

/** The connection that a row or `{ sessionId, connection }` names; null: all of the tap. */
export function readConnection(argument: unknown): number | null {
  if (argument instanceof ObservedRow) return argument.connection.connection;
  const { connection } = Object(argument) as { readonly connection?: unknown };
  return typeof connection === 'number' ? connection : null;
}

export function laneWord(lane: Lane): string {
  return lane === 'toServer' ? vscode.l10n.t('to the server') : vscode.l10n.t('to the client');
}

/** One or several `{ contains, direction }`; null: nothing is held. */
export function readBreakpoints(given: unknown): readonly Breakpoint[] {
  if (given === null) return [];
  return (Array.isArray(given) ? given : [given]).map((each: unknown) => {
    const { contains, direction } = Object(each) as { readonly contains?: unknown; readonly direction?: unknown };
    const isText = contains === undefined || (typeof contains === 'string' && contains !== '');
    if (!isText || !(direction === undefined || direction === 'toClient' || direction === 'toServer'))
      throw new ProbeError(
        'tap.breakpoint',
        vscode.l10n.t('What is held is { contains: a text, direction: "toClient" or "toServer" }.'),
      );
    return { ...(contains === undefined ? {} : { contains }), ...(direction === undefined ? {} : { lane: direction }) };
  });
}
