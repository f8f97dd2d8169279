/** Where a connection of somebody else's leads: target path `/` takes its path and query, another path stands. */
export function upstreamUrl(base: string, target: string): string {
  const url = new URL(base);
  if (url.pathname !== '/' || url.search !== '') return base;
  return `${url.protocol}//${url.host}${target}`;
}
