import { tmpdir } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { sweepSpill } from '../core/frames/log/spillFiles.js';
import { JOBS } from '../core/jobs.js';
import { Channel, type Handlers, type Port } from '../protocol/channel.js';
import type { EngineAnnouncements, EngineRequests, ProfileSummary } from '../protocol/engine.js';
import type { JobEvents, JobRequests } from '../protocol/jobs.js';
import { SESSION_METHODS, type SessionRequests } from '../protocol/acts.js';
import { type AdoptSource, Jobs } from './jobs.js';
import { CONVERT } from './convert.js';
import { LANGUAGE } from './language.js';
import { Plans } from './plans.js';
import type { SessionService } from './sessions/sessionService.js';

// Each part is loaded when it is first asked for.
const loadParser = () => import('../core/profile/parse.js');

async function parseProfile({ text, place }: EngineRequests['parseProfile']['params']): Promise<ProfileSummary> {
  const parser = await loadParser();
  const { readSharedFiles, sharedProblems } = await import('../core/profile/sharedFiles.js');
  const { withSharedValues } = await import('../core/profile/sharedEnvironments.js');
  const { environments: shared, wrong } = await readSharedFiles(place);
  const { file, problems } = parser.parseProfile(text, shared);
  const whole = file && withSharedValues(file, shared);
  return {
    problems: [...sharedProblems(wrong), ...problems],
    environments: whole ? parser.environmentNames(whole) : [],
    secrets: whole ? parser.referencedSecrets(whole) : [],
    name: file?.name ?? null,
    // Without user info, which may hold credentials.
    host: /^wss?:\/\/(?:[^/?#]*@)?([^/?#]+)/i.exec(file?.url ?? '')?.[1] ?? null,
  };
}

async function checkProfile({ text, context, place }: EngineRequests['checkProfile']['params']) {
  const { checkProfile: check } = await import('../core/profile/check.js');
  const { readSharedFiles, sharedProblems } = await import('../core/profile/sharedFiles.js');
  const { environments, wrong } = await readSharedFiles(place);
  return [...sharedProblems(wrong), ...check(text, { ...context, sharedEnvironments: environments })];
}

function diagnostics() {
  const resources = process.getActiveResourcesInfo();
  const count = (name: RegExp) => resources.filter((resource) => name.test(resource)).length;
  return { sockets: count(/^(TCP|TLS|Pipe)/), timers: count(/^(Timeout|Immediate)/) };
}

/** The sessions' part is loaded with the first request for it. */
let service: Promise<SessionService> | null = null;
function sessions(): Promise<SessionService> {
  service ??= import('./sessions/sessionService.js').then(
    (part) =>
      new part.SessionService(plans, {
        session: (snapshot) => channel.request('session', snapshot),
        view: (view) => channel.request('view', view),
        secret: (question) => channel.request('secret', question),
      }),
  );
  return service;
}

function sessionHandlers(): Handlers<SessionRequests> {
  let all: Promise<Handlers<SessionRequests>> | null = null;
  const load = () => (all ??= sessions().then((each) => each.handlers()));
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
  void sweepSpill(tmpdir());
});

if (!parentPort) throw new Error('The engine runs in a worker thread.');
const port: Port = {
  postMessage: parentPort.postMessage.bind(parentPort),
  onMessage: (listener) => parentPort?.on('message', listener),
};
const plans = new Plans();
const adopt: AdoptSource = async (source, kept) => (await sessions()).adopt(source, kept);
const jobs = new Jobs(JOBS, plans, (event) => channel.emit('job', event), adopt);
const channel: Channel<EngineAnnouncements, EngineRequests, JobEvents, object> = new Channel<
  EngineAnnouncements,
  EngineRequests,
  JobEvents,
  object
>(port, {
  ...sessionHandlers(),
  ...plans.handlers(),
  jobStart: (request, signal) => jobs.start(request, signal) as Promise<JobRequests['jobStart']['result']>,
  jobAct: (request) => jobs.act(request) as Promise<JobRequests['jobAct']['result']>,
  parseProfile,
  checkProfile,
  diagnostics,
  ...CONVERT,
  ...LANGUAGE,
});
