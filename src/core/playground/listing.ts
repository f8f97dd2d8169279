import type { Behaviour } from './behaviour.js';
import { respond } from './response.js';
import type { Visit } from './visit.js';

const STYLE =
  'body{font:14px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}' +
  'dt{font-family:ui-monospace,monospace}dd{margin:0 0 .5rem 1.5rem}';

/** All behaviours, a line each: HTML for browsers, plain text for everybody else. */
export function list(visit: Visit, behaviours: readonly Behaviour[]): void {
  const html = (visit.header('accept') ?? '').includes('text/html');
  respond(visit, {
    status: 200,
    reason: 'OK',
    headers: [
      ['Content-Type', html ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8'],
      ['Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'"],
    ],
    body: html ? asHtml(behaviours) : asText(behaviours),
  });
}

function asText(behaviours: readonly Behaviour[]): string {
  const width = Math.max(...behaviours.map((behaviour) => pathOf(behaviour).length));
  const groups = grouped(behaviours).map(([group, members]) => {
    const lines = members.map((behaviour) => `  ${pathOf(behaviour).padEnd(width)}  ${behaviour.summary}`);
    return `${group}\n${lines.join('\n')}\n`;
  });
  return `wsprobe playground: a path for each behaviour, good and bad\n\n${groups.join('\n')}`;
}

function asHtml(behaviours: readonly Behaviour[]): string {
  const groups = grouped(behaviours).map(([group, members]) => {
    const rows = members.map(
      (behaviour) => `<dt>${escapeHtml(pathOf(behaviour))}</dt><dd>${escapeHtml(behaviour.summary)}</dd>`,
    );
    return `<h2>${escapeHtml(group)}</h2>\n<dl>\n${rows.join('\n')}\n</dl>`;
  });
  return (
    `<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>wsprobe playground</title>\n<style>${STYLE}</style>\n` +
    `<h1>wsprobe playground</h1>\n<p>A path for each behaviour, good and bad.</p>\n${groups.join('\n')}\n</html>\n`
  );
}

function pathOf(behaviour: Behaviour): string {
  return behaviour.parameters === undefined ? behaviour.path : `${behaviour.path}?${behaviour.parameters}`;
}

function grouped(behaviours: readonly Behaviour[]): [string, Behaviour[]][] {
  const groups = new Map<string, Behaviour[]>();
  for (const behaviour of behaviours) groups.set(behaviour.group, [...(groups.get(behaviour.group) ?? []), behaviour]);
  return [...groups];
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
