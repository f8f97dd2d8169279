import { parentPort } from 'node:worker_threads';
import { ProbeError } from '../core/base/errors.js';
import type { Playground } from '../core/playground/index.js';
import { Channel, type Handlers, type Port } from '../protocol/channel.js';
import { Coalescer } from '../protocol/coalescer.js';
import type {
  EngineAnnouncements,
  EngineEvents,
  EngineRequests,
  PlaygroundInfo,
  ProbeParams,
  ProfileSummary,
} from '../protocol/engine.js';
import { SESSION_METHODS, type SessionRequests } from '../protocol/acts.js';

const PROGRESS_INTERVAL_MS = 50;

let playground: { readonly server: Playground; readonly info: PlaygroundInfo } | null = null;
let starting: Promise<PlaygroundInfo> | null = null;

// Each part is loaded when it is first asked for: a worker that only reads profiles loads no sockets.
const loadProbe = () => import('../core/probe/runProbe.js');
const loadDifferential = () => import('../core/lab/differential.js');
const loadPlayground = () => import('../core/playground/index.js');
const loadParser = () => import('../core/profile/parse.js');
const loadResolver = () => import('../core/profile/resolve.js');
const loadTemplate = () => import('../core/profile/template.js');

async function probe({ plan, probeId, vantage }: ProbeParams, signal: AbortSignal) {
  const { runProbe } = await loadProbe();
  const progress = new Coalescer<EngineEvents['progress']>(PROGRESS_INTERVAL_MS, (event) =>
    channel.emit('progress', event),
  );
  try {
    return await runProbe(plan, {
      signal,
      host: vantage.host,
      remote: vantage.remote,
      onProgress: (latest) => progress.push({ probeId, progress: latest }),
    });
  } finally {
    progress.dispose();
  }
}

async function differential({ plan, probeId, vantage }: ProbeParams, signal: AbortSignal) {
  const { runDifferential } = await loadDifferential();
  return runDifferential(plan, {
    signal,
    ...vantage,
    onVariation: (variation) => channel.emit('variation', { probeId, variation }),
  });
}

function playgroundStart({ port }: { readonly port: number }): Promise<PlaygroundInfo> {
  if (playground) return Promise.resolve(playground.info);
  starting ??= listen(port).finally(() => {
    starting = null;
  });
  return starting;
}

async function listen(port: number): Promise<PlaygroundInfo> {
  const { startPlayground } = await loadPlayground();
  let server: Playground;
  let portTaken = false;
  try {
    server = await startPlayground({ port });
  } catch (error) {
    if (port === 0 || !isPortInUse(error)) throw error;
    portTaken = true;
    server = await startPlayground({ port: 0 });
  }
  const { http, ws, wss, tls, http2, proxies, caPem, client, paths } = server;
  playground = { server, info: { http, ws, wss, tls, http2, proxies, caPem, client, paths, portTaken } };
  return playground.info;
}

function isPortInUse(error: unknown): boolean {
  return error instanceof ProbeError && error.code === 'playground.port-in-use';
}

async function playgroundStop(): Promise<null> {
  await starting?.catch(() => undefined);
  const running = playground;
  playground = null;
  await running?.server.stop();
  return null;
}

async function parseProfile({ text }: { readonly text: string }): Promise<ProfileSummary> {
  const parser = await loadParser();
  const { file, problems } = parser.parseProfile(text);
  return {
    problems,
    environments: file ? parser.environmentNames(file) : [],
    secrets: file ? parser.referencedSecrets(file) : [],
  };
}

function diagnostics() {
  const resources = process.getActiveResourcesInfo();
  const count = (name: RegExp) => resources.filter((resource) => name.test(resource)).length;
  return { sockets: count(/^(TCP|TLS|Pipe)/), timers: count(/^(Timeout|Immediate)/) };
}

/** The sessions' part is loaded with the first request for it. */
function sessionHandlers(): Handlers<SessionRequests> {
  let service: Promise<Handlers<SessionRequests>> | null = null;
  const load = () => {
    service ??= import('./sessions/sessionService.js').then(({ SessionService }) =>
      new SessionService({
        session: (snapshot) => channel.request('session', snapshot),
        view: (view) => channel.request('view', view),
      }).handlers(),
    );
    return service;
  };
  const lazily =
    (method: keyof SessionRequests) =>
    async (params: never, signal: AbortSignal): Promise<never> => {
      const handlers = await load();
      return (await handlers[method](params, signal)) as never;
    };
  return Object.fromEntries(
    SESSION_METHODS.map((method) => [method, lazily(method)]),
  ) as unknown as Handlers<SessionRequests>;
}

if (!parentPort) throw new Error('The engine runs in a worker thread.');
const port: Port = {
  postMessage: parentPort.postMessage.bind(parentPort),
  onMessage: (listener) => parentPort?.on('message', listener),
};
const channel = new Channel<EngineAnnouncements, EngineRequests, EngineEvents, object>(port, {
  ...sessionHandlers(),
  probe,
  differential,
  playgroundStart,
  playgroundStop,
  parseProfile,
  resolveProfile: async ({ text, context }) => (await loadResolver()).resolveText(text, context),
  profileTemplate: async (source) => (await loadTemplate()).renderProfile(source),
  diagnostics,
});
