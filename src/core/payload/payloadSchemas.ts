import type { Decoder, Payload } from '../base/message.js';
import type { Step } from '../base/step.js';
import { loadEncoder } from './encodePayload.js';
import { loadDecoders } from './decoders/loadDecoders.js';

/** What is sent and read by a plan, or by a part of one. */
export interface Payloads {
  readonly message: { readonly send?: Payload } | null;
  readonly steps?: readonly Step[];
  readonly decode?: readonly Decoder[];
  readonly baseDir: string | null;
}

/** Loads what encodes and decodes, and reads the schemas that it names: nothing is begun that could not be sent or read. Rejects with a ProbeError. */
export async function loadPayloadSchemas(
  { message, steps = [], decode = [], baseDir }: Payloads,
  signal: AbortSignal | undefined,
): Promise<void> {
  await loadDecoders(decode, baseDir, signal);
  const payloads = [message?.send, ...payloadsOf(steps)];
  for (const payload of payloads) if (payload !== undefined) await loadEncoder(payload);
  const named = payloads.flatMap((send) => (typeof send === 'object' && 'protobuf' in send ? [send.protobuf] : []));
  if (named.length === 0) return;
  const { loadMessageType } = await import('./protobuf/loadSchema.js');
  for (const { schema, type } of named) await loadMessageType(schema, type, baseDir, signal);
}

function payloadsOf(steps: readonly Step[]): readonly Payload[] {
  return steps.flatMap((step) => {
    if ('repeat' in step) return payloadsOf(step.repeat.steps);
    return 'send' in step ? [step.send] : [];
  });
}
