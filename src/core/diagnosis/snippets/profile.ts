import type { Fix } from '../../base/model.js';

/** Keys to put into the `.wsprobe` profile. Values of a peer are safe here: JSON quotes them, and each is cut at 1,500 characters. */
export function profileFix(title: string, keys: Readonly<Record<string, unknown>>): Fix {
  const bounded = (_: string, value: unknown) => (typeof value === 'string' ? value.slice(0, 1500) : value);
  return { title, language: 'json', snippet: JSON.stringify(keys, bounded, 2) };
}

/** The probe's URL with another scheme; the port goes when it is the default of the old scheme. */
export function withScheme(url: string, scheme: 'ws' | 'wss'): string {
  return url.replace(/^wss?:/i, `${scheme}:`);
}

export const tokenFix: Fix = profileFix('Send a token (profile)', {
  auth: { type: 'bearer', token: '${secret:token}' },
});
