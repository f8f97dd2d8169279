import { isPemText } from './pemText.js';

/** Shorter values are words and numbers more often than credentials, and would be blotted out everywhere. */
const MIN_LENGTH = 8;
const COMMON_WORDS = new Set(
  (
    'application backend billing branch central client cluster connection continuous default deployment dev develop ' +
    'development disabled east eastus enabled environment events example external false feature frontend gateway ' +
    'integration internal local localhost machine main master north northeurope null nightly notifications orders prod ' +
    'preview production public qa region release runner sandbox server service socket south stable stage staging ' +
    'streaming subprotocol test testing undefined uat unknown unstable user version wss websocket websockets west ' +
    'westeurope worker workspace'
  ).split(' '),
);
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\//i;
const HOST = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}\.?(?::\d{1,5})?$/i;
/** An IP address with its port, a number, a date. */
const FIGURES = /^[\d.:/+ -]+$|^\[?[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}\]?(?::\d+)?$/i;
const PATH = /^(?:~|\.{1,2}|[a-z]:)?[\\/][^\\/]+[\\/]/i;

/**
 * Whether the value of an environment variable counts as a secret where a profile uses it. An address, a host, a number, a
 * file's path and common words do not; a URL's own credentials are found by their place and name.
 */
export function isSecretEnvValue(value: string): boolean {
  const text = value.trim();
  if (text.length < MIN_LENGTH || isPemText(value)) return false;
  if (ADDRESS.test(text) || HOST.test(text) || FIGURES.test(text)) return false;
  // Base64 may begin with a slash; a path has letters around its parts, and no padding.
  if (PATH.test(text) && !/[+=]/.test(text)) return false;
  return !text
    .toLowerCase()
    .split(/[-_. ]/)
    .every((part) => part.length < 4 || COMMON_WORDS.has(part));
}
