import { handshakeSecrets } from '../../profile/planSecrets.js';
import { LoginWatch } from '../../redaction/loginWatch.js';
import { Redactor } from '../../redaction/redactor.js';
import { payloadBytesOf, payloadJson } from '../payloadJson.js';
import { redactPieces } from '../redactPieces.js';
import type { ConnectionLine, RecordingLine } from '../recording.js';

type Described = Pick<ConnectionLine, 'url' | 'request' | 'response'>;

/** What a HAR shows of credentials, in the handshake of an entry and in its logins, is in none of the lines made of it. */
export class HarSecrets {
  readonly #secrets: string[];
  readonly #redactor: Redactor;
  readonly #logins: LoginWatch;

  constructor({ url, request, response }: Described) {
    this.#secrets = [...handshakeSecrets(url, request?.headers ?? [], response?.headers ?? [])];
    this.#redactor = new Redactor(this.#secrets);
    this.#logins = new LoginWatch(this.#secrets);
  }

  /** How a connection is described: credentials go by the names of headers and parameters, and their values wherever they stand. */
  described<Facts extends Described>(facts: Facts): Facts {
    const redactor = this.#redactor;
    const { request, response, url } = facts;
    return {
      ...redactor.deep(facts),
      url: redactor.url(url),
      request: request && { target: redactor.url(request.target), headers: redactor.headers(request.headers) },
      response: response && { ...redactor.deep(response), headers: redactor.headers(response.headers) },
    };
  }

  /** A name, which may be an address. */
  text(text: string): string {
    return this.#redactor.url(text);
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
