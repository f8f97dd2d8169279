import type { ExperimentName } from './experiment.js';

/** What may be set of an experiment; absent: its default. */
export interface ExperimentSettings {
  readonly connections?: number;
  readonly forMs?: number;
  readonly jsonPath?: string;
  readonly responseHeader?: string;
  /** A server on this machine, whose memory and open files are read. */
  readonly pid?: number;
}

export type SettingName = keyof ExperimentSettings;

export interface Bound {
  readonly usual: number;
  readonly least: number;
  readonly most: number;
}

export interface ExperimentFacts {
  /** Lines of help, 49 columns at most. */
  readonly about: readonly string[];
  /** What the number of connections and the time mean to it; absent: it is not its to set. */
  readonly connections?: Bound;
  readonly forMs?: Bound;
  readonly takes: readonly Exclude<SettingName, 'connections' | 'forMs'>[];
  /** Without it there is no experiment. */
  readonly needs?: 'jsonPath';
}

const MINUTE = 60_000;
const HOUR = 3_600_000;

/** Every experiment with a record of its own: its help, its questions and the checks of its settings follow from this. */
export const EXPERIMENT_FACTS: Readonly<Record<ExperimentName, ExperimentFacts>> = {
  idle: {
    about: [
      'connections held silent for growing times: when',
      'they are cut, by whom, and whether the heartbeat',
      'of the profile is enough',
    ],
    connections: { usual: 8, least: 2, most: 50 },
    forMs: { usual: 3 * MINUTE, least: 100, most: 2 * HOUR },
    takes: [],
  },
  lifetime: {
    about: ['connections kept busy: whether they are ended at', 'the same age, and who does that'],
    connections: { usual: 5, least: 1, most: 200 },
    forMs: { usual: 10 * MINUTE, least: 100, most: 24 * HOUR },
    takes: [],
  },
  sticky: {
    about: ['how many backends connections reach, without a', 'cookie and with those that the first was given'],
    connections: { usual: 10, least: 2, most: 200 },
    takes: ['jsonPath', 'responseHeader'],
  },
  ramp: {
    about: [
      'more and more connections, all held, up to the',
      'limit, which is named; of a server on this',
      'machine (--pid) its files and memory as well',
    ],
    connections: { usual: 50, least: 1, most: 2_000 },
    forMs: { usual: 2_000, least: 1, most: HOUR },
    takes: ['pid'],
  },
  reconnect: {
    about: [
      'a client dropped again and again: how soon it is',
      'back, at which try, and (--json-path) what it',
      'missed',
    ],
    connections: { usual: 10, least: 1, most: 200 },
    forMs: { usual: 5 * MINUTE, least: 100, most: 2 * HOUR },
    takes: ['jsonPath'],
  },
  heartbeat: {
    about: ['whether the server pings, answers, and notices a', 'client that does not, and how soon'],
    forMs: { usual: 90_000, least: 100, most: 2 * HOUR },
    takes: [],
  },
  backpressure: {
    about: [
      'a client that stops reading and one that reads',
      'slowly: whether what the server keeps for them is',
      'bounded, and when it cuts',
    ],
    forMs: { usual: 30_000, least: 100, most: HOUR },
    takes: [],
  },
  closes: {
    about: ['the profile probed again and again: how its', 'connections end, and how sure that is'],
    connections: { usual: 20, least: 1, most: 500 },
    takes: [],
  },
  sequence: {
    about: ['what is missing, repeated or out of order, by', 'the number in each message (--json-path)'],
    connections: { usual: 1, least: 1, most: 100 },
    forMs: { usual: MINUTE / 2, least: 100, most: 2 * HOUR },
    takes: ['jsonPath'],
    needs: 'jsonPath',
  },
};

/** More connections than this are asked about. */
export const ASK_ABOVE = 50;
