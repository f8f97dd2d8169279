import { tmpdir } from 'node:os';
import { ProbeError } from '../../base/errors.js';
import type { Report } from '../../base/model.js';
import type { NewProfileText, StoredSecrets } from '../../base/newProfile.js';
import { newProfileText } from '../../profile/newProfileText.js';
import { Redactor } from '../../redaction/redactor.js';
import { devtoolsAddress } from './address.js';
import { Attachment, type KnownTarget } from './attachment.js';
import { explainBrowserOnly } from './browserOnly.js';
import { type SeenHandshake, shownHandshake } from './handshakes.js';
import { profileOf } from './seenProfile.js';
import { listTargets } from './targets.js';

export interface AttachParams {
  /** Under which its log is read. */
  readonly sessionId: string;
  /** Null where targets are added one by one. */
  readonly address: string | null;
  readonly name: string | null;
  readonly hook: boolean;
  /** Where the end of its log is kept for the next window; absent: nowhere. */
  readonly keepTo?: string | null;
  readonly budget: { readonly memoryBytes: number; readonly diskBytes: number };
  readonly vantage: Report['vantage'];
}

export interface AttachActs {
  /** Looks at one more target. */
  readonly add: (target: KnownTarget) => Promise<null>;
  /** False where the connection is of no page. */
  readonly reload: (connection: number) => Promise<boolean>;
  /** A profile that makes the handshake of a connection. */
  readonly profile: (connection: number, stored: StoredSecrets) => Promise<NewProfileText>;
  /** Markdown: what differs between its handshake and one of ours, which is made for it. */
  readonly explain: (connection: number) => Promise<string>;
  readonly stop: () => Promise<string>;
}

/** What can be attached to. `address` is good for attaching and for nothing that is shown. */
export interface ListedTarget {
  readonly type: string;
  readonly title: string;
  readonly url: string;
  readonly address: string;
}

export async function attachTargets(address: string, signal: AbortSignal): Promise<readonly ListedTarget[]> {
  const { kind, url } = devtoolsAddress(address);
  if (kind === 'target') return [];
  const targets = await listTargets(url, signal);
  return targets.map((target) => ({ ...target, address: target.address.href }));
}

/** Looks at other programs' sockets until it is stopped; gives why it ended. */
export async function attachJob(params: AttachParams, signal: AbortSignal) {
  const { keepTo = null, name, vantage, ...rest } = params;
  const attachment = await Attachment.start({
    ...rest,
    ...(name === null ? {} : { name }),
    spillDir: tmpdir(),
    signal,
  });
  const { source } = attachment;
  if (keepTo !== null) await source.keep(keepTo);
  const acts: AttachActs = {
    add: async (target) => {
      await attachment.add(target);
      return null;
    },
    reload: (connection) => attachment.reload(connection),
    profile: async (connection, stored) => {
      const seen = handshakeOf(attachment, connection);
      return newProfileText(profileOf(seen), stored, { hosts: [new URL(seen.url).host] });
    },
    explain: async (connection) => {
      const seen = handshakeOf(attachment, connection);
      const ours = await probeOf(seen, vantage, signal);
      const redactor = new Redactor(source.secrets);
      const state = source.snapshot().observed?.listed.find((each) => each.connection === connection)?.state ?? 'over';
      const refusal = attachment.refusal(connection);
      const outcome = { state, words: refusal === null ? null : redactor.text(refusal) };
      return explainBrowserOnly(shownHandshake(seen, redactor), outcome, ours);
    },
    stop: async () => {
      await attachment.stop();
      return attachment.done;
    },
  };
  return { acts, done: attachment.done, source };
}

function handshakeOf(attachment: Attachment, connection: number): SeenHandshake {
  const seen = attachment.handshake(connection);
  if (seen !== null && seen.url !== '') return seen;
  throw new ProbeError('attach.no-handshake', 'The handshake of this socket was not seen.', {
    hint: 'Reload the page: its sockets are seen from the start then.',
  });
}

/** One handshake of ours to the same address, with the subprotocols and without what only the browser has. */
async function probeOf(seen: SeenHandshake, vantage: Report['vantage'], signal: AbortSignal): Promise<Report | null> {
  const { planFromUrl } = await import('../../profile/resolve.js');
  const { runProbe } = await import('../../probe/runProbe.js');
  const subprotocols = [...(profileOf(seen).subprotocols ?? [])];
  const { plan } = planFromUrl(seen.url, { subprotocols });
  return plan && runProbe(plan, { signal, ...vantage });
}
