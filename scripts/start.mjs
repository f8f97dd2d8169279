// `npm start`: installs, builds, starts the playground and opens VS Code with the extension on examples/.
// The desktop VS Code where `code` is on the PATH, otherwise VS Code in the browser at the address this prints.
// WSPROBE_VSCODE=electron|server chooses. Ctrl+C stops all of it.
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { installDependencies, loadTypeScript, root, run } from './setup.mjs';
import { isExecutable } from './isExecutable.mjs';

const examples = join(root, 'examples');
// Where the examples point.
const playgroundUrl = 'http://127.0.0.1:4480/';
const stops = [];
let stopping = null;

// npm hands a signal to its shell, which dies without telling us: then we have another parent.
const parent = process.ppid;
if (process.env['npm_lifecycle_event'] === 'start') {
  setInterval(() => process.ppid !== parent && void stop(0), 500).unref();
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(0));

try {
  installDependencies();
  const code = desktopCode();
  await (code === null ? startInBrowser() : startOnDesktop(code));
} catch (error) {
  if (stopping === null) process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  await stop(1);
}

async function startInBrowser() {
  const { packageExtension } = await import('./package.mjs');
  const { startServer } = await loadTypeScript('test/host/server.ts');
  const vsix = join(root, 'dist/wsprobe.vsix');
  await packageExtension(vsix);
  await startPlayground();
  const server = await startServer({ vsix: [vsix], port: '4470-4479' });
  if (stopping !== null) return server.stop();
  stops.push(() => server.stop());
  void server.closed.then(() => endedByItself('VS Code'));
  process.stdout.write(`wsprobe is ready: ${server.origin}/?folder=${encodeURI(examples)}\n`);
  process.stdout.write('Open the address in a browser, then ▶ on echo.wsprobe. Ctrl+C stops it.\n');
}

async function startOnDesktop(code) {
  run(process.execPath, [join(root, 'scripts/build.mjs')]);
  await startPlayground();
  const args = [`--extensionDevelopmentPath=${root}`, '--new-window', '--wait', examples];
  const windows = process.platform === 'win32';
  const window = spawn(windows ? `"${code}"` : code, args, { stdio: 'inherit', shell: windows });
  stops.push(() => end(window));
  window.once('error', (error) => process.stderr.write(`${code}: ${error.message}\n`));
  window.once('close', (status) => void stop(status ?? 0));
  process.stdout.write(`wsprobe is ready: VS Code opens ${examples}. Closing its window stops the playground.\n`);
}

/** The command line's own playground; ready when it has printed. One that runs already is used as it is. */
async function startPlayground() {
  if (await playgroundRuns()) {
    process.stdout.write(`A playground runs already at ${playgroundUrl} and is used.\n`);
    return;
  }
  // Where the example of mutual TLS looks for them.
  const files = [
    '--ca-file',
    join(root, 'dist/playground-ca.pem'),
    '--client-file',
    join(root, 'dist/playground-client.pem'),
  ];
  const playground = spawn(process.execPath, [join(root, 'dist/cli/wsprobe.mjs'), 'playground', ...files], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  stops.push(() => end(playground));
  const lines = createInterface({ input: playground.stdout });
  await new Promise((done, fail) => {
    playground.once('error', fail);
    playground.once('close', () => fail(new Error('The playground did not start (its own message is above).')));
    lines.on('line', (line) => {
      process.stdout.write(`${line}\n`);
      done();
    });
  });
  playground.once('close', () => endedByItself('The playground'));
}

// Anything else on that port is for the playground's own message to name.
async function playgroundRuns() {
  try {
    const response = await fetch(playgroundUrl, { signal: AbortSignal.timeout(2000) });
    return (await response.text()).startsWith('wsprobe playground');
  } catch {
    return false;
  }
}

function endedByItself(what) {
  if (stopping !== null) return;
  process.stderr.write(`${what} ended by itself.\n`);
  void stop(1);
}

function stop(exitCode) {
  stopping ??= Promise.allSettled(stops.map((each) => each())).then(() => process.exit(exitCode));
  return stopping;
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise((done) => child.once('close', done));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
  await closed;
  clearTimeout(timer);
}

function desktopCode() {
  const asked = process.env['WSPROBE_VSCODE'];
  if (asked === 'server') return null;
  const linux = process.platform === 'linux';
  const hasDisplay = !linux || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
  // Inside a remote terminal `code` is a messenger that knows no development extensions.
  const isMessenger = process.env['VSCODE_IPC_HOOK_CLI'] !== undefined;
  const names = process.platform === 'win32' ? ['code.cmd', 'code-insiders.cmd'] : ['code', 'code-insiders'];
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isExecutable);
  if (asked === 'electron' && found === undefined)
    throw new Error('WSPROBE_VSCODE=electron, but `code` is not on PATH.');
  return found !== undefined && (asked === 'electron' || (hasDisplay && !isMessenger)) ? found : null;
}
