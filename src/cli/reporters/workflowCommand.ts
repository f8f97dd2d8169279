/** A workflow command of GitHub Actions on one line: `::error file=a.wsprobe,line=3::…`. */
export function workflowCommand(
  name: 'error' | 'warning' | 'notice',
  properties: Readonly<Record<string, string | number | null>>,
  message: string,
): string {
  const given = Object.entries(properties).filter(([, value]) => value !== null && value !== '');
  const listed = given.map(([key, value]) => `${key}=${escapeProperty(String(value))}`).join(',');
  return withoutOldCommands(`::${name}${listed === '' ? '' : ` ${listed}`}::${escapeData(message)}`);
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** Lines that a runner of GitHub Actions reads as text, whatever a peer wrote into them. */
export function withoutWorkflowCommands(line: string): string {
  return withoutOldCommands(line.replace(/^(\s*):(?=:)/, '$1: '));
}

/** Runners still look for the first form of commands, anywhere in a line. */
function withoutOldCommands(line: string): string {
  return line.replaceAll('##[', '## [');
}
