// Writes docs/PROFILE.md from the keys of a profile: npm run docs:profile. With --check it only says whether it is up to date.
import { readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { profileSchema } from '../src/core/profile/schema.ts';

const target = 'docs/PROFILE.md';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

const schema = profileSchema();
const DEFINED = {
  payload: 'A payload, what is sent',
  match: 'A match, what a message must look like',
  step: 'A step of a conversation',
  closeCodes: 'Close codes',
};

const text = `# Profiles

Every key of a \`.wsprobe\` file, version 1: JSON with comments and trailing commas. \`name.*\` stands for each key of a map whose names are yours, \`name[]\` for each entry of a list. Numbers ending in \`Ms\` are milliseconds.

${section('The profile', schema.properties)}

## Environments and clients

The keys of an environment are those of a profile but \`environments\`; those of a client also leave out \`steps\` and \`clients\`. Whole keys take the place of the profile's own, \`variables\` one by one.

${Object.entries(DEFINED).map(definition).join('\n\n')}

Written by \`npm run docs:profile\` from \`src/core/profile\`.
`;

if (process.argv.includes('--check')) {
  const written = await readFile(target, 'utf8').catch(() => '');
  if (written !== text) {
    process.stderr.write(`${target} is out of date: run "npm run docs:profile".\n`);
    process.exitCode = 1;
  }
} else {
  await writeFile(target, text);
}

function definition([name, title]) {
  const own = schema.definitions[name];
  const words = cell(own);
  const about = words === '' ? `${title}: ${typeOf(own)}.` : words;
  return own.properties || own.oneOf?.some(({ properties }) => properties)
    ? section(title, childrenOf(own), about)
    : `## ${title}\n\n${about}`;
}

function section(title, properties, about = '') {
  const rows = Object.entries(properties).flatMap(([name, shape]) => rowsOf(name, shape));
  const lead = about === '' ? '' : `${about}\n\n`;
  return `## ${title}\n\n${lead}| key | what it takes | what it says |\n| --- | --- | --- |\n${rows.join('\n')}`;
}

/** A key and those below it; what has a section of its own is named alone. */
function rowsOf(path, shape) {
  const own = `| \`${path}\` | ${typeOf(shape)} | ${cell(shape)} |`;
  if (path === 'environments' || path === 'clients' || nameOf(shape)) return [own];
  const variants = shape.oneOf?.filter(({ properties }) => properties) ?? [];
  if (variants.length > 1) return [own, ...variants.flatMap((variant) => variantRows(path, variant))];
  return [
    own,
    ...Object.entries(childrenOf(shape)).flatMap(([name, child]) => rowsOf(`${path}.${name}`, child)),
    ...itemRows(path, shape),
  ];
}

function itemRows(path, { items, additionalProperties }) {
  return [
    ...(items && childrenOf(items) && Object.keys(childrenOf(items)).length > 0
      ? rowsOf(`${path}[]`, items).slice(1)
      : []),
    ...(additionalProperties?.properties ? rowsOf(`${path}.*`, additionalProperties).slice(1) : []),
  ];
}

/** Of a choice by a tag, such as \`auth\`: the keys that go with each. */
function variantRows(path, { properties, markdownDescription }) {
  const [tag, ...others] = Object.entries(properties);
  const name = tag[1].const;
  return [
    `| \`${path}\`, \`"${tag[0]}": "${name}"\` | object | ${escaped(markdownDescription ?? '')} |`,
    ...others.map(([key, shape]) => `| \`${path}.${key}\` (${name}) | ${typeOf(shape)} | ${cell(shape)} |`),
  ];
}

function childrenOf(shape) {
  return shape.properties ?? shape.oneOf?.find(({ properties }) => properties)?.properties ?? {};
}

function nameOf(shape) {
  const ref = shape.$ref ?? shape.allOf?.[0]?.$ref;
  return ref?.startsWith('#/definitions/') ? ref.slice('#/definitions/'.length) : undefined;
}

function typeOf(shape) {
  const name = nameOf(shape);
  if (name)
    return `[${name}](#${DEFINED[name]
      .toLowerCase()
      .replace(/[^a-z ]/g, '')
      .replaceAll(' ', '-')})`;
  if ('const' in shape) return code(shape.const);
  if (shape.enum) return shape.enum.map(code).join(', ');
  if (shape.oneOf) return [...new Set(shape.oneOf.map(typeOf))].join(' or ');
  if (shape.anyOf && !shape.type)
    return [...new Set(shape.anyOf.map((each) => (each.pattern ? 'text' : typeOf(each))))].join(' or ');
  const types = [shape.type ?? 'any'].flat();
  return types.map((type) => (type === 'array' ? listOf(shape) : range(type, shape))).join(' or ');
}

function listOf({ items }) {
  return `list of ${items ? typeOf(items) : 'any'}`;
}

function range(type, { minimum, maximum, additionalProperties }) {
  if (type === 'object' && typeof additionalProperties === 'object') return `map of ${typeOf(additionalProperties)}`;
  if (type !== 'number' && type !== 'integer') return { string: 'text', boolean: 'true or false' }[type] ?? type;
  const bounds =
    minimum === undefined || Math.abs(minimum) > 1e15
      ? ''
      : ` from ${minimum}${maximum > 1e15 ? '' : ` to ${maximum}`}`;
  return `${type === 'integer' ? 'whole number' : 'number'}${bounds}`;
}

function cell(shape) {
  const words = escaped(shape.markdownDescription ?? '');
  const standard = shape.default === undefined ? '' : `Default: ${code(shape.default)}.`;
  return [words, standard].filter(Boolean).join(' ');
}

function code(value) {
  return escaped(`\`${JSON.stringify(value)}\``);
}

function escaped(words) {
  return words.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
