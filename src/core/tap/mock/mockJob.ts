import type { ProbePlan } from '../../base/plan.js';
import { aborted, stoppable } from '../../base/stoppable.js';
import { type Conversations, readConversations } from '../../record/conversations.js';
import { openAnyRecording } from '../../record/openAny.js';
import type { MockEvent } from './mockEvents.js';
import { startMock } from './mockServer.js';
import { conversationsOfPlan } from './profileConversation.js';

/** What a mock tells while it runs: once where it listens, then what happens at it. */
export type MockJobEvent =
  | { readonly kind: 'listening'; readonly url: string; readonly notes: readonly string[] }
  | MockEvent;

/** A mock of a recording's file on loopback, until it is stopped or `signal` aborts. */
export function mockRecording(
  { file, port }: { readonly file: string; readonly port: number },
  emit: (event: MockJobEvent) => void,
  signal: AbortSignal,
) {
  return mockJob(async () => readConversations(await openAnyRecording(file)), port, emit, signal);
}

/** The same of the steps of a plan. */
export function mockPlan(
  { plan, port }: { readonly plan: ProbePlan; readonly port: number },
  emit: (event: MockJobEvent) => void,
  signal: AbortSignal,
) {
  return mockJob(async () => ({ ...(await conversationsOfPlan(plan)), secrets: plan.secrets }), port, emit, signal);
}

function mockJob(
  read: () => Promise<Conversations & { readonly secrets?: readonly string[] }>,
  port: number,
  emit: (event: MockJobEvent) => void,
  signal: AbortSignal,
) {
  return stoppable(async (until) => {
    const { conversations, notes, secrets = [] } = await read();
    const mock = await startMock({ conversations, secrets, host: '127.0.0.1', port, pace: 'fast', onEvent: emit });
    emit({ kind: 'listening', url: mock.url, notes });
    await aborted(until);
    await mock.stop();
    return null;
  }, signal);
}
