import type { SeriesSummary, Timeline, TimelineRange } from './base/series.js';
import type { Experiment, ExperimentName, ExperimentProgress } from './base/experiment.js';
import type { ProbeProgress, Report, Variation } from './base/model.js';
import type { ProbePlan } from './base/plan.js';
import type { ExperimentSettings } from './base/experimentFacts.js';
import { stoppable } from './base/stoppable.js';
import type { PlaygroundInfo } from './playground/playgroundJob.js';
import type { ObservedSource } from './session/observedSource.js';
import type { TapSummary } from './session/tapState.js';
import type { MockJobEvent } from './tap/mock/mockJob.js';
import type { Replay } from './tap/replay/replay.js';
import type { RecordedChoice, ReplayParams } from './tap/replay/replayJob.js';
import type { AttachActs, AttachParams, ListedTarget } from './tap/devtools/attachJob.js';
import type { TapActs, TapEvent, TapParams } from './tap/relay/tapJob.js';
import type { WatchJobEvent, WatchParams } from './watch/watchJob.js';

/** A kind of job: what it takes, what it gives in the end, what it tells meanwhile, and what it can be asked while it runs. */
interface JobKind<Params = unknown, Result = unknown, Event = unknown, Acts extends object = object> {
  readonly params: Params;
  readonly result: Result;
  readonly event: Event;
  readonly acts: Acts;
}

/** A job that has begun. `done` settles with its result, early when the signal aborts or an act ends it. */
interface StartedJob<J extends JobKind> {
  readonly acts: J['acts'];
  readonly done: Promise<J['result']>;
  /** Connections that the job sees and that are none of ours: a log that outlives it, read by its `sessionId`. */
  readonly source?: ObservedSource;
}

export interface JobEntry<J extends JobKind> {
  /** `latest`: an event makes those before it old, and few are passed on. `each`: every one counts. */
  readonly events: 'latest' | 'each';
  /** Loads what the kind needs only now, so that a worker that reads profiles loads no sockets. */
  start(params: J['params'], emit: (event: J['event']) => void, signal: AbortSignal): Promise<StartedJob<J>>;
}

interface ProbeParams {
  readonly plan: ProbePlan;
  /** The machine the probe leaves from, as the report shows it. */
  readonly vantage: Report['vantage'];
}

interface ExperimentParams extends ProbeParams {
  readonly experiment: ExperimentName;
  readonly settings: ExperimentSettings;
}

/** Every kind of job by its name. */
export interface JobKinds {
  readonly probe: JobKind<ProbeParams, Report, ProbeProgress>;
  /** The plan's opening handshake, then with one thing changed at a time until it passes. */
  readonly 'lab.handshake': JobKind<ProbeParams, Report, Variation>;
  /** An experiment with a record of its own; told to stop, it gives what it found by then. Settings that it does not take reject it before anything is sent. */
  readonly 'lab.experiment': JobKind<
    ExperimentParams,
    Experiment,
    ExperimentProgress,
    { readonly stop: () => Promise<Experiment> }
  >;
  /** A target looked at again and again until it is stopped; tells each sample, turn of the verdict, alert and change. */
  readonly watch: JobKind<
    WatchParams,
    SeriesSummary,
    WatchJobEvent,
    {
      readonly summary: () => Promise<SeriesSummary>;
      readonly timeline: (range: TimelineRange) => Promise<Timeline>;
      readonly reports: () => Promise<readonly Report[]>;
      readonly stop: () => Promise<SeriesSummary>;
    }
  >;
  /** A recording said again to a server, and what it answers now held against what was recorded. */
  readonly replay: JobKind<ReplayParams, Replay, never>;
  /** The same of every connection of it, one after the other. */
  readonly 'replay.each': JobKind<Omit<ReplayParams, 'connection'>, readonly Replay[], never>;
  /** What there is to replay in a recording. */
  readonly 'replay.connections': JobKind<{ readonly file: string }, readonly RecordedChoice[], never>;
  /** A server that answers as a recording did, on loopback; tells once where it listens, then what happens at it. */
  readonly mock: JobKind<
    { readonly file: string; readonly port: number },
    null,
    MockJobEvent,
    { readonly stop: () => Promise<null> }
  >;
  /** The same as the steps of a plan expect. */
  readonly 'mock.profile': JobKind<
    { readonly plan: ProbePlan; readonly port: number },
    null,
    MockJobEvent,
    { readonly stop: () => Promise<null> }
  >;
  /** Other programs' sockets by their DevTools, until it is stopped or nothing is left; gives why it ended. */
  readonly attach: JobKind<AttachParams, string, never, AttachActs>;
  /** What can be attached to at an address. */
  readonly 'attach.targets': JobKind<{ readonly address: string }, readonly ListedTarget[], never>;
  /** A relay between clients and a server, until it is stopped; gives what has passed. What is done to it is asked of its log. */
  readonly tap: JobKind<TapParams, TapSummary, TapEvent, TapActs>;
  /** Whether there was an authority of this machine, which nobody can sign by any more. */
  readonly 'tap.forgetAuthority': JobKind<null, boolean, never>;
  /** Runs until it is stopped; tells once where it listens. A port in use gives way to free ones. */
  readonly playground: JobKind<{ readonly port: number }, null, PlaygroundInfo, { readonly stop: () => Promise<null> }>;
}

/** All that can be started: a new kind is one entry here and one line in `JobKinds`. */
export const JOBS: { readonly [K in keyof JobKinds]: JobEntry<JobKinds[K]> } = {
  probe: {
    events: 'latest',
    start: async ({ plan, vantage }, emit, signal) => {
      const { runProbe } = await import('./probe/runProbe.js');
      return { acts: {}, done: runProbe(plan, { signal, ...vantage, onProgress: emit }) };
    },
  },
  'lab.handshake': {
    events: 'each',
    start: async ({ plan, vantage }, emit, signal) => {
      const { runDifferential } = await import('./lab/differential.js');
      return { acts: {}, done: runDifferential(plan, { signal, ...vantage, onVariation: emit }) };
    },
  },
  'lab.experiment': {
    events: 'latest',
    start: async ({ experiment, plan, settings, vantage }, emit, signal) => {
      const { runExperiment } = await import('./lab/runExperiment.js');
      const options = { ...vantage, onProgress: emit };
      return stoppable((until) => runExperiment(experiment, plan, settings, { ...options, signal: until }), signal);
    },
  },
  watch: {
    events: 'each',
    start: async (params, emit, signal) => {
      const { watchJob } = await import('./watch/watchJob.js');
      return watchJob(params, emit, signal);
    },
  },
  replay: {
    events: 'each',
    start: async (params, _emit, signal) => {
      const { replayFile } = await import('./tap/replay/replayJob.js');
      return { acts: {}, done: replayFile(params, signal) };
    },
  },
  'replay.each': {
    events: 'each',
    start: async (params, _emit, signal) => {
      const { replayEach } = await import('./tap/replay/replayJob.js');
      return { acts: {}, done: replayEach(params, signal) };
    },
  },
  'replay.connections': {
    events: 'each',
    start: async ({ file }) => {
      const { connectionsIn } = await import('./tap/replay/replayJob.js');
      return { acts: {}, done: connectionsIn(file) };
    },
  },
  mock: {
    events: 'each',
    start: async (params, emit, signal) => (await import('./tap/mock/mockJob.js')).mockRecording(params, emit, signal),
  },
  'mock.profile': {
    events: 'each',
    start: async (params, emit, signal) => (await import('./tap/mock/mockJob.js')).mockPlan(params, emit, signal),
  },
  attach: {
    events: 'each',
    start: async (params, _emit, signal) => {
      const { attachJob } = await import('./tap/devtools/attachJob.js');
      return attachJob(params, signal);
    },
  },
  'attach.targets': {
    events: 'each',
    start: async ({ address }, _emit, signal) => {
      const { attachTargets } = await import('./tap/devtools/attachJob.js');
      return { acts: {}, done: attachTargets(address, signal) };
    },
  },
  tap: {
    events: 'each',
    start: async (params, emit, signal) => {
      const { tapJob } = await import('./tap/relay/tapJob.js');
      return tapJob(params, emit, signal);
    },
  },
  'tap.forgetAuthority': {
    events: 'each',
    start: async () => {
      const { authorityFolder, removeAuthority } = await import('./tap/relay/authority.js');
      return { acts: {}, done: removeAuthority(authorityFolder()) };
    },
  },
  playground: {
    events: 'each',
    start: async ({ port }, emit, signal) => {
      const { playgroundJob } = await import('./playground/playgroundJob.js');
      return playgroundJob(port, emit, signal);
    },
  },
};
