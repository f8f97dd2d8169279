import type { Fix } from '../../base/model.js';
import { parseUrl } from '../../base/url.js';
import type { ProbePlan } from '../../base/plan.js';

const EXAMPLE = 'https://app.example.com';

/** The origin that the server's own pages send; an example where the address cannot be read. */
export function ownOrigin({ url }: Pick<ProbePlan, 'url'>): string {
  return parseUrl(url.replace(/^ws/i, 'http'))?.origin ?? EXAMPLE;
}

/** How servers that keep a list of origins take this one; an example where it would have to be quoted. */
export function allowOriginFixes(origin: string | null): readonly Fix[] {
  const listed = origin !== null && /^[\w.:/[\]-]+$/.test(origin) ? origin : EXAMPLE;
  return [
    {
      title: 'Phoenix: allow the origin',
      language: 'elixir',
      snippet: `config :my_app, MyAppWeb.Endpoint, check_origin: ["${listed}"]`,
    },
    {
      title: 'Rails Action Cable: allow the origin',
      language: 'ruby',
      snippet: `config.action_cable.allowed_request_origins = ["${listed}"]`,
    },
  ];
}
