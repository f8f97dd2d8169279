import type { Redirect } from '../base/model.js';

/** What became of the cookies that a redirect set, in a line; null where it set none. */
export function cookieText({ cookies = [] }: Redirect): string | null {
  if (cookies.length === 0) return null;
  const kept = cookies.filter((cookie) => cookie.because === undefined).map(({ name }) => name);
  const refused = cookies.filter((cookie) => cookie.because !== undefined);
  const parts = [
    ...(kept.length > 0 ? [`cookies kept: ${kept.join(', ')}`] : []),
    ...refused.map(({ name, because }) => `cookie ${name} not kept: ${because}`),
  ];
  return parts.join('; ');
}
