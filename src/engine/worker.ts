import { tmpdir } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { JOBS } from '../core/jobs.js';
import { Channel, type Handlers, type Port } from '../protocol/channel.js';
import type { EngineAnnouncements, EngineRequests, ProfileSummary } from '../protocol/engine.js';
import type { JobEvents, JobRequests } from '../protocol/jobs.js';
import { SESSION_METHODS, type SessionRequests } from '../protocol/acts.js';
import { Jobs } from './jobs.js';

// Each part is loaded when it is first asked for.
const loadParser = () => import('../core/profile/parse.js');
const loadResolver = () => import('../core/profile/resolve.js');
const loadTemplate = () => import('../core/profile/template.js');

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

// Payloads of a window that was reloaded wait for nobody. Off the way of the first request.
setImmediate(() => {
  void import('../core/frames/log/spillFiles.js').then(({ sweepSpill }) => sweepSpill(tmpdir()));
});

if (!parentPort) throw new Error('The engine runs in a worker thread.');
const port: Port = {
  postMessage: parentPort.postMessage.bind(parentPort),
  onMessage: (listener) => parentPort?.on('message', listener),
};
const jobs = new Jobs(JOBS, (event) => channel.emit('job', event));
const channel: Channel<EngineAnnouncements, EngineRequests, JobEvents, object> = new Channel<
  EngineAnnouncements,
  EngineRequests,
  JobEvents,
  object
>(port, {
  ...sessionHandlers(),
  jobStart: (request, signal) => jobs.start(request, signal) as Promise<JobRequests['jobStart']['result']>,
  jobAct: (request) => jobs.act(request) as Promise<JobRequests['jobAct']['result']>,
  parseProfile,
  resolveProfile: async ({ text, context }) => (await loadResolver()).resolveText(text, context),
  profileTemplate: async (source) => (await loadTemplate()).renderProfile(source),
  diagnostics,
});
