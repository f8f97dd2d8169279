import type { Evidence } from '../base/evidence.js';
import type { ReasonMeaning } from '../close/reasonText.js';

/** Where no message was sent, what was not understood is the request. */
const OF_REQUEST = 'Compare path, query and headers with what its documentation shows.';

const OF_MESSAGE = /^Compare the last message sent\b/;

/** The action of a meaning, of a request that was refused before any message. */
export const actionOfRequest = ({ action }: Pick<ReasonMeaning, 'action'>) =>
  OF_MESSAGE.test(action) ? OF_REQUEST : action;

/** The action of a meaning, after whatever was sent. */
export const actionAfter = ({ plan }: Pick<Evidence, 'plan'>, action: string) =>
  plan.message?.send === undefined && (plan.steps ?? []).length === 0 ? actionOfRequest({ action }) : action;
