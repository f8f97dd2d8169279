import type { ProfilePlace } from '../core/profile/sharedFiles.js';
import type { Handlers } from '../protocol/channel.js';
import type { LanguageRequests } from '../protocol/language.js';

const load = () => import('../core/language/index.js');

/** A file of environments that cannot be used is told as a problem of the profile; here it has none. */
async function sharedAt(place: ProfilePlace | null) {
  const { readSharedFiles } = await import('../core/profile/sharedFiles.js');
  return (await readSharedFiles(place)).environments;
}

/** The language of profiles, loaded with the first question about one. */
export const LANGUAGE: Handlers<LanguageRequests> = {
  languageComplete: async ({ text, offset, place, ...known }) =>
    (await load()).complete(text, offset, { ...known, shared: await sharedAt(place) }),
  languageHover: async ({ text, offset, place, ...context }) =>
    (await load()).hover(text, offset, { ...context, shared: await sharedAt(place) }),
  languageFixes: async ({ text, problem }) => (await load()).quickFixes(text, problem),
  languageReferences: async ({ text, offset }) => (await load()).references(text, offset),
  languageRenamable: async ({ text, offset, place }) => (await load()).renamable(text, offset, await sharedAt(place)),
  languageRename: async ({ text, offset, to, place }) => (await load()).rename(text, offset, to, await sharedAt(place)),
  languageLinks: async ({ text }) => (await load()).fileLinks(text),
  languageTests: async ({ text }) => (await load()).testNodes(text),
  languageSeen: async (report) => (await load()).seenIn(report),
};
