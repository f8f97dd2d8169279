import type { ObservedConnection, SessionSnapshot } from '../../src/protocol/session.js';
import { fill } from '../shared/fill.js';
import type { SessionViewState } from '../session/sessionViewState.js';
import { composerWords } from './strings.js';

/** To whom a message goes that is composed at a tap. */
export interface Addressee {
  readonly connection: number;
  readonly lane: SessionViewState['lane'];
}

/** Connections that can be sent to: those that are open, the newest first. */
function openConnections({ observed }: Pick<SessionSnapshot, 'observed'>): readonly ObservedConnection[] {
  return (observed?.listed ?? []).filter(({ state }) => state === 'open');
}

/** The one that was chosen while it is open, else the newest; null: there is none. */
export function addresseeOf(
  session: Pick<SessionSnapshot, 'observed'>,
  { connection, lane }: Pick<SessionViewState, 'connection' | 'lane'>,
): Addressee | null {
  const open = openConnections(session);
  const chosen = open.find((each) => each.connection === connection) ?? open[0];
  return chosen ? { connection: chosen.connection, lane } : null;
}

export interface AddresseeProps {
  readonly session: SessionSnapshot;
  readonly addressee: Addressee | null;
  readonly change: (change: Partial<SessionViewState>) => void;
}

/** Chooses on which connection a message goes, and in whose name. */
export function AddresseeFields({ session, addressee, change }: AddresseeProps) {
  const text = composerWords.tap;
  const open = openConnections(session);
  return (
    <>
      <select
        class="field composer-to"
        aria-label={text.as}
        value={addressee?.lane ?? 'toClient'}
        onChange={(event) => change({ lane: event.currentTarget.value === 'toServer' ? 'toServer' : 'toClient' })}
      >
        <option value="toClient">{text.lanes.toClient}</option>
        <option value="toServer">{text.lanes.toServer}</option>
      </select>
      <select
        class="field composer-to"
        aria-label={text.connection}
        value={String(addressee?.connection ?? '')}
        disabled={open.length === 0}
        onChange={(event) => change({ connection: Number(event.currentTarget.value) })}
      >
        {open.length === 0 ? <option value="">{text.none}</option> : null}
        {open.map(({ connection, name }) => (
          <option key={connection} value={String(connection)}>
            {fill(text.on, { connection, name })}
          </option>
        ))}
      </select>
    </>
  );
}
