import type { Fix } from '../../base/model.js';
import { parseUrl } from '../../base/url.js';
import { textFix } from './shell.js';
import type { ProbePlan } from '../../base/plan.js';

const EXAMPLE = 'https://app.example.com';

/** The origin that the server's own pages send; an example where the address cannot be read. */
export function ownOrigin({ url }: Pick<ProbePlan, 'url'>): string {
  return parseUrl(url.replace(/^ws/i, 'http'))?.origin ?? EXAMPLE;
}

/** For whoever keeps the list; an example where the origin would have to be quoted. */
export function allowOriginFix(origin: string | null): Fix {
  const listed = origin !== null && /^[\w.:/[\]-]+$/.test(origin) ? origin : EXAMPLE;
  return textFix('On the server', `Add ${listed} to the origins that it allows.`);
}
