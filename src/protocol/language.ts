import type { Report } from '../core/base/model.js';
import type { Completion, Known } from '../core/language/complete.js';
import type { Problem } from '../core/profile/profile.js';
import type { QuickFix } from '../core/language/fixes.js';
import type { Hover, HoverContext } from '../core/language/hover.js';
import type { FileLink } from '../core/language/links.js';
import type { Edit, References, Renamable } from '../core/language/rename.js';
import type { Seen } from '../core/language/seen.js';
import type { TestNode } from '../core/language/tests.js';
import type { ProfilePlace } from '../core/profile/sharedFiles.js';

interface OfText {
  readonly text: string;
}

/** A place in a text, and where the text lies: what the profile shares with others is read there. */
interface At extends OfText {
  readonly offset: number;
  readonly place: ProfilePlace | null;
}

/** Host to engine: what an editor asks of a profile that is being written. A long text would keep the extension host. */
export interface LanguageRequests {
  readonly languageComplete: { readonly params: At & Omit<Known, 'shared'>; readonly result: readonly Completion[] };
  readonly languageHover: { readonly params: At & Omit<HoverContext, 'shared'>; readonly result: Hover | null };
  readonly languageFixes: {
    readonly params: OfText & { readonly problem: Pick<Problem, 'code' | 'message' | 'offset' | 'length'> };
    readonly result: readonly QuickFix[];
  };
  readonly languageReferences: {
    readonly params: OfText & { readonly offset: number };
    readonly result: References | null;
  };
  readonly languageRenamable: { readonly params: At; readonly result: Renamable | null };
  readonly languageRename: {
    readonly params: At & { readonly to: string };
    readonly result: readonly Edit[] | { readonly why: string };
  };
  readonly languageLinks: { readonly params: OfText; readonly result: readonly FileLink[] };
  readonly languageTests: { readonly params: OfText; readonly result: readonly TestNode[] };
  /** What a report's messages held. */
  readonly languageSeen: { readonly params: Pick<Report, 'frames' | 'subprotocol' | 'url'>; readonly result: Seen };
}
