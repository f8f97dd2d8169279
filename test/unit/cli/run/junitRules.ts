/**
 * The rules of the JUnit schemas that tools share (Jenkins' own and the one of the Ant task by Windyroad), as far as a writer can
 * break them: which element stands where and in what order, which attributes it must and may have, and of what kind they are.
 */
interface Rule {
  readonly required: Readonly<Record<string, RegExp>>;
  readonly optional?: Readonly<Record<string, RegExp>>;
  /** The names of the children, each with a blank behind it. */
  readonly children: RegExp;
  readonly text?: boolean;
}

const ANY = /^[^]*$/;
const WORD = /^[^]*\S[^]*$/;
const NUMBER = /^\d+$/;
const SECONDS = /^\d+(\.\d+)?$/;

const RULES: Readonly<Record<string, Rule>> = {
  testsuites: { required: {}, children: /^(testsuite )*$/ },
  testsuite: {
    required: {
      package: ANY,
      id: NUMBER,
      name: WORD,
      timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/,
      hostname: WORD,
      tests: NUMBER,
      failures: NUMBER,
      errors: NUMBER,
      time: SECONDS,
    },
    optional: { skipped: NUMBER },
    children: /^properties (testcase )*system-out system-err $/,
  },
  properties: { required: {}, children: /^(property )*$/ },
  property: { required: { name: WORD, value: ANY }, children: /^$/ },
  testcase: { required: { name: WORD, classname: WORD, time: SECONDS }, children: /^((skipped|error|failure) )?$/ },
  skipped: { required: {}, children: /^$/ },
  error: { required: { type: WORD }, optional: { message: ANY }, children: /^$/, text: true },
  failure: { required: { type: WORD }, optional: { message: ANY }, children: /^$/, text: true },
  'system-out': { required: {}, children: /^$/, text: true },
  'system-err': { required: {}, children: /^$/, text: true },
};

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

/** Reads XML 1.0 without DTDs, comments and CDATA, strictly; throws for what is not well-formed. */
export function readXml(xml: string): XmlElement {
  const body = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  if (body === xml) throw new Error('no XML declaration');
  const illegal = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(xml);
  if (illegal) throw new Error(`a character that XML does not know at ${illegal.index}`);
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  let at = 0;
  const token = /<\/([\w-]+)>|<([\w-]+)((?: [\w-]+="[^"<]*")*)(\/?)>|([^<]+)/gy;
  for (let found = token.exec(body); found !== null; found = token.exec(body)) {
    at = token.lastIndex;
    const [, closes, opens, attributes = '', empty, text] = found;
    const parent = open.at(-1) ?? root;
    if (text !== undefined) parent.text += decode(text);
    else if (closes !== undefined) {
      if (open.pop()?.name !== closes) throw new Error(`</${closes}> closes another`);
    } else if (opens !== undefined) {
      const element = { name: opens, attributes: attributesOf(attributes), children: [], text: '' };
      parent.children.push(element);
      if (empty === '') open.push(element);
    }
  }
  const [first] = root.children;
  if (
    at < body.length ||
    open.length !== 1 ||
    root.children.length !== 1 ||
    first === undefined ||
    root.text.trim() !== ''
  )
    throw new Error(`not well-formed at ${at}: ${body.slice(at, at + 80)}`);
  return first;
}

function attributesOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/ ([\w-]+)="([^"]*)"/g)].map(
    ([, name = '', value = '']) => [name, decode(value)] as const,
  );
  if (new Set(pairs.map(([name]) => name)).size < pairs.length) throw new Error(`an attribute twice:${text}`);
  return Object.fromEntries(pairs);
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decode(text: string): string {
  if (/&(?!(amp|lt|gt|quot|apos|#\d+);)/.test(text)) throw new Error(`a bare ampersand: ${text}`);
  return text.replace(/&(?:(\w+)|#(\d+));/g, (_, name: string | undefined, code: string) =>
    name === undefined ? String.fromCodePoint(Number(code)) : (NAMED[name] ?? ''),
  );
}

/** Everything about the element and what it holds that breaks a rule. */
export function junitProblems(element: XmlElement, path: string = element.name): string[] {
  const rule = RULES[element.name];
  if (rule === undefined) return [`${path} is not known`];
  const allowed = { ...rule.required, ...rule.optional };
  const problems = [
    ...Object.keys(rule.required)
      .filter((name) => !(name in element.attributes))
      .map((name) => `${path} has no ${name}`),
    ...Object.entries(element.attributes)
      .filter(([name, value]) => allowed[name]?.test(value) !== true)
      .map(([name, value]) => `${path} has ${name}="${value}"`),
  ];
  const children = element.children.map(({ name }) => `${name} `).join('');
  if (!rule.children.test(children)) problems.push(`${path} holds ${children}`);
  if (rule.text !== true && element.text.trim() !== '') problems.push(`${path} holds text`);
  if (element.name === 'testsuite') problems.push(...countProblems(element, path));
  return [
    ...problems,
    ...element.children.flatMap((child, index) => junitProblems(child, `${path}/${child.name}[${index}]`)),
  ];
}

function countProblems({ attributes, children }: XmlElement, path: string): string[] {
  const cases = children.filter(({ name }) => name === 'testcase');
  const count = (name: string) => cases.filter((each) => each.children.some((child) => child.name === name)).length;
  const counts = { tests: cases.length, failures: count('failure'), errors: count('error'), skipped: count('skipped') };
  return Object.entries(counts)
    .filter(([name, value]) => attributes[name] !== String(value))
    .map(([name, value]) => `${path} says ${name}="${attributes[name]}" and has ${value}`);
}
