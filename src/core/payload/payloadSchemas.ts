import { ProbeError } from '../base/errors.js';
import type { Decoder, Payload } from '../base/message.js';
import type { Step } from '../base/step.js';
import { checkPayload } from './checkPayload.js';
import { loadEncoder } from './encodePayload.js';
import type { PayloadContext } from './kinds/kind.js';
import { loadDecoders } from './decoders/loadDecoders.js';

/** What is sent and read by a plan, or by a part of one. */
export interface Payloads {
  readonly message: { readonly send?: Payload } | null;
  readonly steps?: readonly Step[];
  readonly session?: { readonly heartbeat: { readonly send: Payload } | null };
  readonly decode?: readonly Decoder[];
  readonly baseDir: string | null;
}

/**
 * Loads what encodes and decodes, reads the schemas that it names, and looks whether what is sent can be: nothing is begun that
 * could not be sent or read. Rejects with a ProbeError.
 */
export async function loadPayloadSchemas(
  { message, steps = [], session, decode = [], baseDir }: Payloads,
  signal: AbortSignal | undefined,
): Promise<void> {
  await loadDecoders(decode, baseDir, signal);
  const beat = session?.heartbeat?.send;
  const said: readonly Said[] = [
    ...(message?.send === undefined ? [] : [{ send: message.send }]),
    ...(beat === undefined || beat === 'ping' ? [] : [{ send: beat }]),
    ...saidIn(steps),
  ];
  for (const { line, send } of said) {
    try {
      await preparePayload(send, { baseDir, signal });
    } catch (error) {
      if (!(error instanceof ProbeError) || line === undefined) throw error;
      throw new StepProblem(error, line);
    }
  }
}

/** What is wrong with a step before it is run, and the line of the profile that it begins on. */
export class StepProblem extends ProbeError {
  readonly line: number;

  constructor(error: ProbeError, line: number) {
    super(error.code, `Line ${line}: ${error.message}`, { cause: error });
    this.line = line;
  }
}

interface Said {
  readonly send: Payload;
  readonly line?: number;
}

async function preparePayload(send: Payload, context: PayloadContext): Promise<void> {
  await loadEncoder(send);
  if (typeof send === 'object' && 'protobuf' in send) {
    const { loadMessageType } = await import('./protobuf/loadSchema.js');
    await loadMessageType(send.protobuf.schema, send.protobuf.type, context.baseDir, context.signal);
  }
  await checkPayload(send, context);
}

function saidIn(steps: readonly Step[]): readonly Said[] {
  return steps.flatMap((step) => {
    if ('repeat' in step) return saidIn(step.repeat.steps);
    return 'send' in step ? [step] : [];
  });
}
