// Writes docs/CLI.md from the options of the command line and the words of its help: npm run docs:cli. With --check it only says whether it is up to date.
import { readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandText } from '../src/cli/help.ts';
import { COMMAND_OPTIONS, COMMON_OPTIONS } from '../src/cli/optionTable.ts';

const target = 'docs/CLI.md';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

const commands = Object.entries(COMMAND_OPTIONS);
const groups = commands.flatMap(([, titled]) => Object.entries(titled));
/** Tables of more than one command, which are told once. */
const shared = new Map();
for (const [title, table] of groups) {
  const users = commands.filter(([, titled]) => Object.values(titled).includes(table)).map(([name]) => name);
  if (users.length > 1 && !shared.has(table)) shared.set(table, sharedTitle(title, users));
}

const text = `# Commands and options

What \`wsprobe help <command>\` says, on one page. [TERMINAL.md](TERMINAL.md) shows them at work and tells the exit codes. Times are written \`500\` or \`500ms\`, \`5s\`, \`10m\`, \`8h\`.

| command | what it is for |
| --- | --- |
${commands.map(([name]) => `| [\`${name}\`](#${name}) | ${cell(commandText(name).summary)} |`).join('\n')}

Every command takes ${listed(Object.entries(COMMON_OPTIONS).map(([name, option]) => optionHead(name, option)))}; \`wsprobe --version\` is a command of its own.

${commands.map(([name, titled]) => commandSection(name, titled)).join('\n\n')}

${[...shared].map(([table, title]) => `## ${title}\n\n${optionTable(table)}`).join('\n\n')}

Written by \`npm run docs:cli\` from \`src/cli\`.
`;

if (process.argv.includes('--check')) {
  const written = await readFile(target, 'utf8').catch(() => '');
  if (written !== text) {
    process.stderr.write(`${target} is out of date: run "npm run docs:cli".\n`);
    process.exitCode = 1;
  }
} else {
  await writeFile(target, text);
}

function commandSection(name, titled) {
  const { about, closing, wants } = commandText(name);
  const own = Object.entries(titled).filter(([, table]) => !shared.has(table));
  const others = Object.values(titled).flatMap((table) => shared.get(table) ?? []);
  const usage = `\`\`\`text\nwsprobe ${name}${wants}${Object.keys(titled).length === 0 ? '' : ' [options]'}\n\`\`\``;
  const parts = [
    `## ${name}`,
    usage,
    prose(about),
    ...own.map(([title, table]) => (title === '' ? '' : `### ${title} of ${name}\n\n`) + optionTable(table)),
    others.length === 0 ? '' : `And those of ${listed(others.map((title) => `[${title}](#${anchor(title)})`))}.`,
    prose(closing ?? ''),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function optionTable(table) {
  const rows = Object.entries(table).map(([name, option]) => `| ${optionHead(name, option)} | ${cell(option.help)} |`);
  return `| option | what it says |\n| --- | --- |\n${rows.join('\n')}`;
}

function optionHead(name, { multiple, short, value }) {
  const head = `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
  return `\`${head.replaceAll('|', '\\|')}\`${multiple ? ' …' : ''}`;
}

/** Help tells checks twice, those of probes that go on are fewer. */
function sharedTitle(title, users) {
  const plain = `${title.replace(/s?( \(.*)?$/, '')} options`;
  return [...shared.values()].includes(plain) ? `${plain} of ${listed(users)}` : plain;
}

/** Paragraphs run on; what is set in by help, or stands in columns, stays as it is. */
function prose(words) {
  return words
    .split('\n\n')
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) =>
      /^ {2}/m.test(paragraph)
        ? `\`\`\`text\n${paragraph.replaceAll(/^ {2}/gm, '')}\n\`\`\``
        : escaped(oneLine(paragraph)),
    )
    .join('\n\n');
}

function oneLine(words) {
  return words.replaceAll(/\s*\n\s*/g, ' ');
}

function cell(words) {
  return escaped(oneLine(words)).replaceAll('|', '\\|');
}

/** `<name>` is a value in help and a tag in Markdown, `*` a star and emphasis. */
function escaped(words) {
  return words.replaceAll('<', '&lt;').replaceAll('*', '\\*');
}

function listed(items) {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

function anchor(title) {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z ]/g, '')
    .replaceAll(' ', '-');
}
