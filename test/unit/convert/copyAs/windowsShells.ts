/**
 * How Windows' shells and programs read a command, as Microsoft documents it:
 * - PowerShell: about_Quoting_Rules, about_Special_Characters, about_Parsing (learn.microsoft.com/powershell/module/microsoft.powershell.core/about)
 * - cmd: `^`, quotes and `%` of the prompt (learn.microsoft.com/windows-server/administration/windows-commands/cmd, …/set_1)
 * - the C runtime: Parsing C command-line arguments (learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments)
 */
type Env = Readonly<Record<string, string>>;

const SINGLE = "'\u2018\u2019\u201a\u201b";
const DOUBLE = '"\u201c\u201d\u201e';
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '\0' };

/** The arguments that PowerShell 7.3 and later hands to a program. Throws for what it would read as more than a word. */
export function powershellArgs(command: string, env: Env): string[] {
  const args: string[] = [];
  let at = 0;
  const take = () => command[at++] ?? '';
  const peek = () => command[at] ?? '';
  const single = () => {
    let text = '';
    for (;;) {
      if (at >= command.length) throw new Error('an open single quote');
      const next = take();
      if (!SINGLE.includes(next)) text += next;
      // Two quotes are one: the second as it stands.
      else if (peek() !== '' && SINGLE.includes(peek())) text += take();
      else return text;
    }
  };
  const expansion = () => {
    const rest = command.slice(at);
    const variable = /^\{env:(\w+)\}/.exec(rest);
    const point = /^\(\[char\]::ConvertFromUtf32\((\d+)\)\)/.exec(rest);
    at += (variable ?? point)?.[0].length ?? 0;
    if (variable) return env[variable[1] ?? ''] ?? '';
    if (point) return String.fromCodePoint(Number(point[1]));
    throw new Error(`an expansion: $${rest.slice(0, 20)}`);
  };
  const double = () => {
    let text = '';
    for (;;) {
      if (at >= command.length) throw new Error('an open double quote');
      const next = take();
      if (next === '`') {
        const escaped = take();
        text += ESCAPES[escaped] ?? escaped;
      } else if (next === '$') text += expansion();
      else if (!DOUBLE.includes(next)) text += next;
      else if (peek() !== '' && DOUBLE.includes(peek())) text += take();
      else return text;
    }
  };
  while (at < command.length) {
    const next = peek();
    const before = args.length;
    if (command.startsWith('`\n', at)) at += 2;
    else if (/\s/.test(next)) {
      if (next === '\n') throw new Error('a second command');
      at++;
    } else if (SINGLE.includes(next)) {
      at++;
      args.push(single());
    } else if (DOUBLE.includes(next)) {
      at++;
      args.push(double());
    } else {
      const bare = /^[^\s'"`$]+/.exec(command.slice(at))?.[0] ?? '';
      // Of a word that begins with a dash, a dot or colon begins another; the rest is read by PowerShell itself.
      if (bare === '' || /[(){}[\];,|&<>@#%*?~!^]/.test(bare) || /^-.*[.:]/.test(bare) || /^\d/.test(bare))
        throw new Error(`a bare ${bare || next}`);
      at += bare.length;
      args.push(bare);
    }
    if (args.length > before && at < command.length && !/[\s`]/.test(peek()))
      throw new Error('two words without a space');
  }
  return args;
}

/** The command line that cmd's prompt hands to a program. Throws for what it would do beside that. */
export function cmdLine(command: string, env: Env): string {
  let line = '';
  let inQuotes = false;
  const expanded = expand(command, env);
  for (let at = 0; at < expanded.length; at++) {
    const next = expanded[at] ?? '';
    if (next === '\n' || next === '\r') throw new Error('a second command');
    if (next === '"') inQuotes = !inQuotes;
    if (!inQuotes && next === '^') {
      at++;
      // A line that goes on: the first character of the next one stands for itself.
      if (expanded[at] === '\n') at++;
      line += expanded[at] ?? '';
      continue;
    }
    if (!inQuotes && /[&|<>()]/.test(next)) throw new Error(`a bare ${next}`);
    line += next;
  }
  return line;
}

/** A name that is not set stays as it is, and what follows its first `%` is looked at again. */
function expand(text: string, env: Env): string {
  let result = '';
  for (let at = 0; at < text.length; at++) {
    const end = text[at] === '%' ? text.indexOf('%', at + 1) : -1;
    const value = end < 0 ? undefined : env[text.slice(at + 1, end)];
    if (value === undefined) result += text[at];
    else {
      result += value;
      at = end;
    }
  }
  return result;
}

/** As a batch file passes all of its arguments on: read by cmd once more, variables not. */
export function throughBatchFile(line: string): string {
  return cmdLine(line, {});
}

/** The arguments of a program of the C runtime (2008 and later), its own name left out. */
export function runtimeArgs(line: string): string[] {
  const args: string[] = [];
  let at = line.indexOf(' ');
  for (;;) {
    while (at >= 0 && /[ \t]/.test(line[at] ?? '')) at++;
    if (at < 0 || at >= line.length) return args;
    let arg = '';
    let inQuotes = false;
    for (; at < line.length; at++) {
      let slashes = 0;
      while (line[at] === '\\') {
        slashes++;
        at++;
      }
      const next = line[at];
      let isText = true;
      if (next === '"') {
        if (slashes % 2 === 0) {
          if (inQuotes && line[at + 1] === '"') at++;
          else {
            isText = false;
            inQuotes = !inQuotes;
          }
        }
        slashes = Math.floor(slashes / 2);
      }
      arg += '\\'.repeat(slashes);
      if (next === undefined || (!inQuotes && /[ \t]/.test(next))) break;
      if (isText) arg += next;
    }
    args.push(arg);
  }
}
