import type { Fix, ProfileChange } from '../../base/model.js';

/** Keys to put into the `.wsprobe` profile. Values of a peer are safe here: JSON quotes them, and each is cut at 1,500 characters. */
export function profileFix(title: string, keys: Keys): Fix {
  const fix = profileExample(title, keys);
  return { ...fix, change: changesOf(JSON.parse(fix.snippet) as Keys) };
}

/** The same where a value is an example: it is read, not put in. */
export function profileExample(title: string, keys: Keys): Fix {
  const bounded = (_: string, value: unknown) => (typeof value === 'string' ? value.slice(0, 1500) : value);
  return { title, language: 'json', snippet: JSON.stringify(keys, bounded, 2) };
}

type Keys = Readonly<Record<string, unknown>>;

/** Of what these hold each key is a setting of its own; anything else is one value, replaced as a whole. */
const GROUPS = new Set([
  'tls',
  'headers',
  'cookies',
  'timeouts',
  'limits',
  'session',
  'expect',
  'expect.headers',
  'expect.budgets',
]);

function changesOf(keys: Keys, above: readonly string[] = []): readonly ProfileChange[] {
  return Object.entries(keys).flatMap(([key, value]) => {
    const path = [...above, key];
    return GROUPS.has(path.join('.')) ? changesOf(value as Keys, path) : [{ path, value }];
  });
}

/** The probe's URL with another scheme; the port goes when it is the default of the old scheme. */
export function withScheme(url: string, scheme: 'ws' | 'wss'): string {
  return url.replace(/^wss?:/i, `${scheme}:`);
}

export const tokenFix: Fix = profileFix('Send a token (profile)', {
  auth: { type: 'bearer', token: '${secret:token}' },
});
