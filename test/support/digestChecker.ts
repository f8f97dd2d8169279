import { createHash } from 'node:crypto';

export interface DigestAccount {
  readonly username: string;
  readonly password: string;
  readonly algorithm: 'MD5' | 'SHA-256';
  /** So many first nonces end before they are answered. */
  readonly stale?: number;
}

const REALM = 'test, "quoted"';

/** The server's end of Digest (RFC 7616 3.4), written without a look at ours: each nonce is good once. */
export class DigestChecker {
  readonly #account: DigestAccount;
  readonly #open = new Set<string>();
  #made = 0;
  #stale: number;

  constructor(account: DigestAccount) {
    this.#account = account;
    this.#stale = account.stale ?? 0;
  }

  /** The challenge of a refusal; null: let in. */
  refusal(header: string | null | undefined, method: string, uri: string): string | null {
    const given = header ? fieldsOf(header) : {};
    const nonce = given['nonce'] ?? '';
    const known = this.#open.delete(nonce);
    if (!header?.startsWith('Digest ') || !known) return this.#challenge(nonce !== '');
    if (!this.#isRight(given, method, uri)) return this.#challenge(false);
    if (this.#stale === 0) return null;
    this.#stale -= 1;
    return this.#challenge(true);
  }

  #isRight(given: Readonly<Record<string, string>>, method: string, uri: string): boolean {
    const { algorithm, password, username } = this.#account;
    const hash = (text: string) =>
      createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
        .update(text)
        .digest('hex');
    const secret = hash(`${username}:${REALM}:${password}`);
    const request = hash(`${method}:${uri}`);
    const wanted = hash(`${secret}:${given['nonce']}:${given['nc']}:${given['cnonce']}:auth:${request}`);
    const echoed = given['realm'] === REALM && given['opaque'] === 'o/p=' && given['uri'] === uri;
    return echoed && given['username'] === username && given['nc'] === '00000001' && given['response'] === wanted;
  }

  #challenge(stale: boolean): string {
    const nonce = `nonce-${(this.#made += 1)}==`;
    this.#open.add(nonce);
    const quoted = REALM.replaceAll('"', '\\"');
    return `Digest realm="${quoted}", nonce="${nonce}", opaque="o/p=", qop="auth,auth-int", algorithm=${this.#account.algorithm}${stale ? ', stale=TRUE' : ''}`;
  }
}

function fieldsOf(header: string): Record<string, string> {
  const pairs = [...header.matchAll(/([\w*]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)];
  return Object.fromEntries(
    pairs.map(([, name = '', quoted, bare]) => [name, quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '']),
  );
}
