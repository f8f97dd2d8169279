import type { ProfileChange } from '../core/base/model.js';
import type { CopyTool, ShellName } from '../core/convert/copyAs.js';
import type { NewProfileText } from '../core/base/newProfile.js';
import type { ProfileNeeds } from '../core/profile/destinations.js';
import type { Problem, ProfileFile, ResolveContext } from '../core/profile/profile.js';
import type { ProfilePlace } from '../core/profile/sharedFiles.js';
import type { StoredSecrets } from '../core/base/newProfile.js';
import type { ChangedLine } from '../core/text/lineDifference.js';
import type { PlanRef, PreparedPlan } from './prepared.js';

export interface ChangeRequest {
  readonly text: string;
  readonly change: readonly ProfileChange[];
  /** The environment that was chosen, the place of the file, and the address that it led to, secrets out. */
  readonly environment: string | null;
  readonly place: ProfilePlace | null;
  readonly url: string | null;
  /** As it ran last: its secrets are left out of the difference. Null: there is no difference to show. */
  readonly plan: PlanRef | null;
}

export interface ChangedProfile {
  readonly text: string;
  readonly difference: readonly ChangedLine[] | null;
}

export interface PlanRequests {
  /** Takes a profile in, without its secrets: what it asks for and where it leads. `draftId` is good for one `profilePrepare`. */
  readonly profileDraft: {
    readonly params: {
      readonly text: string;
      readonly context: Omit<ResolveContext, 'secrets'>;
      /** Where the file lies; null: the text is in none. */
      readonly place?: ProfilePlace | null;
      /** Laid over the profile and over its chosen environment. */
      readonly over?: ProfileFile | null;
    };
    readonly result: ProfileNeeds & { readonly draftId: number };
  };
  /** The one way in for secrets. */
  readonly profilePrepare: {
    readonly params: { readonly draftId: number; readonly secrets: ResolveContext['secrets'] };
    readonly result: { readonly plan: PreparedPlan | null; readonly problems: readonly Problem[] };
  };
  /** Text of a new profile; credentials become references under names that stand for nothing else. */
  readonly profileTemplate: {
    readonly params: { readonly source: PlanRef | { readonly url: string }; readonly stored: StoredSecrets };
    readonly result: NewProfileText;
  };
  readonly planCopyAs: {
    readonly params: PlanRef & { readonly tool: CopyTool; readonly shell: ShellName };
    readonly result: {
      readonly text: string;
      readonly environment: readonly string[];
      readonly notes: readonly string[];
    };
  };
  /** The text of a profile with a fix put in, or why that cannot be. */
  readonly profileChange: {
    readonly params: ChangeRequest;
    readonly result: ChangedProfile | { readonly why: string };
  };
  /** What a redirect to `target` would leave of a plan. */
  readonly planRedirect: {
    readonly params: PlanRef & { readonly target: string };
    readonly result: { readonly dropped: readonly string[] } | { readonly refused: string };
  };
}
