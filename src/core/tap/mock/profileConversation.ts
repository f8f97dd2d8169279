import { ProbeError } from '../../base/errors.js';
import type { Match, Payload } from '../../base/message.js';
import type { ProbePlan } from '../../base/plan.js';
import type { Step } from '../../base/step.js';
import type { Said } from '../../contract/said.js';
import { encodePayload } from '../../payload/encodePayload.js';
import { fillMatch } from '../../payload/fill.js';
import { matchMessage } from '../../payload/match.js';
import type { Conversations, RecordedConversation, SaidMessage } from '../../record/conversations.js';
import { Redactor } from '../../redaction/redactor.js';
import { exampleOf } from './exampleOf.js';

const MAX_MESSAGES = 10_000;
const MAX_NOTES = 100;

/**
 * The steps of a plan as a conversation, one for each of its clients: what a step sends the client says, what one expects the
 * server does. What cannot be made up is told in the notes. A payload that cannot be encoded is left out and told.
 */
export async function conversationsOfPlan(plan: ProbePlan): Promise<Conversations> {
  const clients = plan.clients ?? [{ name: null, plan }];
  const notes: string[] = [];
  const conversations: RecordedConversation[] = [];
  for (const [at, client] of clients.entries()) {
    const turned = new Turned(client.plan, client.name, notes);
    await turned.steps(plan.steps ?? [], null);
    if ((plan.steps ?? []).length === 0 && plan.message) await turned.messageCheck(plan.message);
    conversations.push(turned.conversation(at + 1));
  }
  return { conversations, notes: notes.slice(0, MAX_NOTES) };
}

class Turned {
  readonly #plan: ProbePlan;
  readonly #client: string | null;
  readonly #notes: string[];
  readonly #redactor: Redactor;
  readonly #messages: SaidMessage[] = [];
  #variables: Readonly<Record<string, unknown>>;
  #atMs = 0;
  #sent = 0;
  #end: RecordedConversation['end'] = null;

  constructor(plan: ProbePlan, client: string | null, notes: string[]) {
    this.#plan = plan;
    this.#client = client;
    this.#notes = notes;
    this.#redactor = new Redactor(plan.secrets);
    this.#variables = plan.variables;
  }

  async steps(steps: readonly Step[], client: string | null): Promise<void> {
    for (const step of steps) {
      if (this.#messages.length >= MAX_MESSAGES) return;
      const whose = step.client ?? client;
      if ('repeat' in step)
        for (let round = 0; round < step.repeat.times && this.#messages.length < MAX_MESSAGES; round++)
          await this.steps(step.repeat.steps, whose);
      else if (whose === this.#client) await this.#step(step);
    }
  }

  async messageCheck({ expect, samples, send }: NonNullable<ProbePlan['message']>): Promise<void> {
    for (let sample = 0; sample < samples; sample++) {
      const sent = send === undefined ? null : await this.#send(send, null);
      if (expect === 'echo') {
        if (sent) this.#say('received', sent);
      } else this.#expect(expect === 'any' ? { equals: 'ok' } : expect, {}, null);
    }
  }

  conversation(connection: number): RecordedConversation {
    const { expect, subprotocols, url } = this.#plan;
    const status = expect.status ?? 101;
    const facts = {
      url,
      subprotocol: expect.subprotocol === undefined ? (subprotocols[0] ?? null) : expect.subprotocol,
      dialect: null,
      request: null,
      response: { status, reason: '', headers: [] },
    };
    const endedMs = this.#end === null ? null : this.#atMs;
    return { connection, facts, messages: this.#messages, end: this.#end, endedMs, leftOut: 0 };
  }

  async #step(step: Step): Promise<void> {
    if ('send' in step) await this.#send(step.send, step);
    else if ('expect' in step) this.#expect(step.expect, step.capture ?? {}, step);
    else if ('expectAll' in step) for (const match of step.expectAll) this.#expect(match, {}, step);
    else if ('expectCount' in step)
      for (let count = 0; count < Math.min(step.expectCount.min ?? 1, MAX_MESSAGES); count++)
        this.#expect(step.expectCount.match, {}, step);
    else if ('wait' in step) this.#atMs += step.wait;
    else if ('close' in step) this.#end = endBy('client', step.close.code ?? 1000);
    else if ('expectClose' in step) {
      const [code = 1000] = [step.expectClose.code ?? 1000].flat();
      this.#end = code === 1006 ? endBy('network', code) : endBy('server', code);
    }
  }

  async #send(payload: Payload, step: Step | null): Promise<Said | null> {
    const { baseDir } = this.#plan;
    try {
      const seq = (this.#sent += 1);
      const { binary, bytes } = await encodePayload(payload, { baseDir, seq, variables: this.#variables });
      this.#say('sent', { binary, bytes });
      return { binary, bytes };
    } catch (error) {
      if (!(error instanceof ProbeError)) throw error;
      this.#note(step, error.message.replace(/\.$/, ''));
      return null;
    }
  }

  #expect(match: Match, capture: Readonly<Record<string, string>>, step: Step | null): void {
    const captured = Object.entries(capture).map(([name, path]) => [name, path, `${name}-${this.#sent + 1}`] as const);
    try {
      const filled = fillMatch(match, { variables: this.#variables, seq: this.#sent });
      const said = exampleOf(filled, Object.fromEntries(captured.map(([, path, value]) => [path, value])));
      const decoded = said === null || said.binary ? [] : [jsonOr(said)];
      if (said === null || !matchMessage(filled, said, { decoded }).matched) {
        this.#note(step, 'no message could be made up that it takes, and none is sent');
        return;
      }
      this.#variables = { ...this.#variables, ...Object.fromEntries(captured.map(([name, , value]) => [name, value])) };
      this.#say('received', { binary: said.binary, bytes: this.#redactor.bytes(said.bytes) });
    } catch (error) {
      if (!(error instanceof ProbeError)) throw error;
      this.#note(step, error.message.replace(/\.$/, ''));
    }
  }

  #say(direction: SaidMessage['direction'], { binary, bytes }: Said): void {
    this.#messages.push({ direction, binary, bytes, atMs: this.#atMs, number: this.#messages.length + 1 });
  }

  #note(step: Step | null, why: string): void {
    const where = step?.line === undefined ? 'The message check' : `Line ${step.line}`;
    if (this.#notes.length < MAX_NOTES) this.#notes.push(`${where}: ${why}.`);
  }
}

function jsonOr({ bytes }: Said): unknown {
  const text = Buffer.from(bytes).toString();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function endBy(initiator: 'client' | 'server' | 'network', code: number): NonNullable<RecordedConversation['end']> {
  return { code, reason: '', initiator, clean: initiator !== 'network', evidence: 'The profile says so.' };
}
