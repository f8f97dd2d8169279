import { ProbeError } from '../core/base/errors.js';
import type { LogSource } from '../core/session/logSource.js';
import type { Conversation, StoredSecrets } from '../core/base/newProfile.js';
import { sameSecret } from '../core/profile/storedSecrets.js';
import type { Handlers } from '../protocol/channel.js';
import type { ConvertRequests } from '../protocol/convert.js';
import type { KeptPlan } from './plans.js';

// Loaded when it is first asked for.
const loadFormats = () => import('../core/convert/formats.js');
const loadWriter = () => import('../core/convert/writeConverted.js');

/** Files of other tools, both ways. */
export const CONVERT: Handlers<ConvertRequests> = {
  convertChoices: async ({ from, text }) => {
    const { FORMATS } = await loadFormats();
    return (await FORMATS[from].choices?.(text)) ?? [];
  },
  convert: async ({ source, to, environment, stored }) => {
    const { FORMATS } = await loadFormats();
    const { writeConverted } = await loadWriter();
    const options = { baseDir: null, environment, isTaken: isTakenIn(stored) };
    if ('path' in source) {
      const { profileOfRecording } = await import('../core/convert/fromRecording.js');
      const { chosenMessages } = await import('../core/convert/chosenMessages.js');
      const { openRecordedFile } = await import('../core/session/recordedFile.js');
      const opened = await openRecordedFile(source.path, source.path);
      try {
        const { file, left } = profileOfRecording(await chosenMessages(opened.source, source));
        return writeConverted({ file, left: [...left, ...opened.notes] }, to, options);
      } finally {
        await opened.close();
      }
    }
    const { from, index, text, folder } = source;
    const reader = FORMATS[from].read;
    if (!reader) throw new ProbeError('convert-terminal', `${from} is read by the command line: wsprobe convert.`);
    const read = (await reader(text, index)) ?? null;
    if (read === null) throw new ProbeError('convert-invalid', 'It holds no WebSocket request.');
    const readable = from === 'wsprobe' ? { ...read, text } : read;
    return writeConverted(readable, to, { ...options, baseDir: folder });
  },
  convertRecording: async ({ from, to, format }) => {
    const { convertRecording } = await import('../core/session/convertRecording.js');
    return { notes: await convertRecording(from, to, format) };
  },
};

/** Messages of a log as the steps of a new profile; `kept`: the plan of a session, whose profile they become steps of. */
export async function conversationOf(
  source: LogSource,
  kept: (Pick<KeptPlan, 'plan'> & { readonly references: Readonly<Record<string, string>> }) | null,
  {
    between,
    filter,
    stored,
  }: { readonly filter: string; readonly between: readonly [number, number] | null; readonly stored: StoredSecrets },
): Promise<Conversation> {
  const { chosenMessages } = await import('../core/convert/chosenMessages.js');
  const chosen = await chosenMessages(source, { filter, between: between ?? undefined });
  if (chosen.messages.length === 0) throw new ProbeError('conversation-empty', 'There is no message to save.');
  if (!kept) {
    const { profileOfRecording } = await import('../core/convert/fromRecording.js');
    const { withoutSecrets } = await import('../core/convert/withoutSecrets.js');
    const { writeConverted } = await loadWriter();
    const options = { baseDir: null, environment: null, isTaken: isTakenIn(stored) };
    return writeConverted(profileOfRecording(withoutSecrets(chosen, source.secrets)), 'wsprobe', options);
  }
  const { commented, profileOfSession } = await import('../core/convert/fromSession.js');
  const { newProfileText } = await import('../core/profile/newProfileText.js');
  const { destinations } = await import('../core/profile/destinations.js');
  const { source: from, notes } = profileOfSession(kept.plan, chosen, source.secrets);
  const hosts = destinations(kept.plan);
  const made = newProfileText(from, stored, { hosts, references: kept.references });
  return { ...made, text: commented(notes) + made.text, notes };
}

function isTakenIn(stored: StoredSecrets): (name: string, value: string) => boolean {
  return (name, value) => sameSecret(stored, name, value) === false;
}
