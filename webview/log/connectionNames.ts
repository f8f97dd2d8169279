import type { SessionSnapshot } from '../../src/protocol/session.js';

/** What a row calls its connection, and all that is known of whose it is. */
export interface ConnectionName {
  readonly short: string;
  readonly whole: string;
}

export type ConnectionNames = Readonly<Record<number, ConnectionName>>;

/** Of those that are listed; null where all rows are of one connection. */
export function connectionNames(
  { observed, connections }: Pick<SessionSnapshot, 'observed' | 'connections'>,
  recording: boolean,
): ConnectionNames | null {
  if (!observed && !(recording && connections > 1)) return null;
  return Object.fromEntries(
    (observed?.listed ?? []).map(({ client, connection, name }) => {
      const short = client?.path ?? name;
      const whole = [name, client?.origin, client?.agent].filter(Boolean).join(' · ');
      return [connection, { short, whole }] as const;
    }),
  );
}
