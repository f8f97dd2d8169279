import * as vscode from 'vscode';
import type { ProbeError } from '../../../src/core/base/errors.js';
import type { Report } from '../../../src/core/base/model.js';
import type { Probes } from '../../../src/host/probes.js';
import { firstSnapshot } from '../../../src/host/sessions/firstSnapshot.js';
import type { SessionEngine } from '../../../src/host/sessions/sessionEngine.js';
import { Sessions } from '../../../src/host/sessions/sessions.js';
import type { SecretQuestion } from '../../../src/protocol/engine.js';
import type { PreparedPlan } from '../../../src/protocol/prepared.js';
import type { SessionEvents, SessionSnapshot } from '../../../src/protocol/session.js';
import { memoryLog } from './memory.js';

export interface AskedRequest {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

type Answer = (params: Readonly<Record<string, unknown>>) => unknown;

/** An engine of which a test plays the worker: it notes what it is asked and answers what the test says. */
export class FakeSessionEngine {
  readonly asked: AskedRequest[] = [];
  readonly answers = new Map<string, Answer>();
  readonly #session = new vscode.EventEmitter<SessionSnapshot>();
  readonly #view = new vscode.EventEmitter<SessionEvents['view']>();
  readonly #crash = new vscode.EventEmitter<ProbeError>();
  readonly #asked = new vscode.EventEmitter<AskedRequest>();
  readonly onDidAsk = this.#asked.event;
  readonly #latest = new Map<string, SessionSnapshot>();
  #revision = 0;
  /** As the worker asks for a secret. */
  ask: (question: SecretQuestion) => Promise<string> = () => Promise.reject(new Error('Nobody answers.'));

  constructor() {
    this.answers.set('sessionOpen', ({ sessionId }) => {
      this.announce(String(sessionId), { state: 'open' });
      return report();
    });
    this.answers.set('sessionSnapshot', ({ sessionId }) => {
      const id = String(sessionId);
      return this.#latest.get(id) ?? firstSnapshot(id, 'n', 'ws://h/');
    });
    this.answers.set('sessionSend', () => ({ bytes: 1 }));
    this.answers.set('sessionReport', () => report());
  }

  methods(): readonly string[] {
    return this.asked.map(({ method }) => method);
  }

  last(method: string): AskedRequest['params'] | undefined {
    return this.asked.findLast((one) => one.method === method)?.params;
  }

  async request(method: string, params: Readonly<Record<string, unknown>>): Promise<unknown> {
    const request = { method, params: structuredClone(params) };
    this.asked.push(request);
    this.#asked.fire(request);
    return this.answers.get(method)?.(params) ?? null;
  }

  onEvent(name: keyof SessionEvents, listener: (data: never) => void): () => void {
    const event: vscode.Event<unknown> = name === 'session' ? this.#session.event : this.#view.event;
    const subscription = event((data) => listener(data as never));
    return () => void subscription.dispose();
  }

  onDidCrash(listener: (error: ProbeError) => void): () => void {
    const subscription = this.#crash.event(listener);
    return () => void subscription.dispose();
  }

  onSecret(answer: (question: SecretQuestion) => Promise<string>): void {
    this.ask = answer;
  }

  announce(sessionId: string, change: Partial<SessionSnapshot>): void {
    const snapshot = firstSnapshot(sessionId, 'n', 'ws://h/');
    const next = { ...snapshot, revision: ++this.#revision, ...change };
    this.#latest.set(sessionId, next);
    this.#session.fire(next);
  }

  grow(sessionId: string, viewId: number, total: number): void {
    const { log } = firstSnapshot(sessionId, 'n', 'ws://h/');
    this.#view.fire({ sessionId, viewId, total, scanning: false, log });
  }

  crash(error: ProbeError): void {
    this.#crash.fire(error);
  }
}

export function fakeSessions(
  probes: Probes,
  engine = new FakeSessionEngine(),
  change: Partial<PreparedPlan> = {},
  dropKept: (path: string) => Promise<void> = () => Promise.resolve(),
) {
  const { log } = memoryLog();
  let plan = preparedPlan(change);
  const secretFor = (name: string) => Promise.resolve(`value of ${name}`);
  const preparer = { prepare: () => Promise.resolve(plan), secretFor };
  const sessions = new Sessions({ engine: engine as unknown as SessionEngine, preparer, probes, log, dropKept });
  const setPlan = (next: Partial<PreparedPlan>) => (plan = { ...plan, ...next });
  return { sessions, engine, setPlan };
}

/** What the engine tells of a plan. */
export function preparedPlan(change: Partial<PreparedPlan> = {}): PreparedPlan {
  const ref = { planId: 'plan', followRedirects: false };
  return { ...ref, name: 'n', url: 'ws://h/', secrets: [], env: [], hosts: ['h'], messages: [], ...change };
}

export function report(change: Partial<Report> = {}): Report {
  const base = { name: 'n', verdict: 'healthy', durationMs: 1, phases: [], findings: [], error: null, close: null };
  return { ...base, ...change } as unknown as Report;
}
