import { handshakeSecrets } from '../../profile/planSecrets.js';
import { LoginWatch } from '../../redaction/loginWatch.js';
import { Redactor } from '../../redaction/redactor.js';
import { payloadBytesOf, payloadJson } from '../payloadJson.js';
import { redactPieces } from '../redactPieces.js';
import type { ConnectionLine, RecordingLine } from '../recording.js';

/** What a HAR shows of credentials, in the handshake of an entry and in its logins, is in none of the lines made of it. */
export class HarSecrets {
  readonly #secrets: string[];
  readonly #redactor: Redactor;
  readonly #logins: LoginWatch;

  constructor({ url, request, response }: Pick<ConnectionLine, 'url' | 'request' | 'response'>) {
    this.#secrets = [...handshakeSecrets(url, request?.headers ?? [], response?.headers ?? [])];
    this.#redactor = new Redactor(this.#secrets);
    this.#logins = new LoginWatch(this.#secrets);
  }

  hidden(line: RecordingLine): RecordingLine {
    if (line.type !== 'message') return this.#redactor.deep(line);
    const bytes = payloadBytesOf(line);
    this.#logins.message(bytes, line.connection);
    if (this.#redactor.isEmpty) return line;
    const [clean = bytes] = redactPieces(this.#redactor, [bytes], { cutAfter: line.truncated });
    if (clean === bytes) return line;
    const { text, base64: _, ...facts } = line;
    const payload = payloadJson(clean, text !== undefined, line.truncated);
    return { ...facts, ...(JSON.parse(`{${payload}}`) as Pick<typeof line, 'text' | 'base64'>) };
  }
}
