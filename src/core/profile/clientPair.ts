import type { OAuth2 } from '../base/plan.js';

/** What Basic authentication of a client is made of (RFC 6749 2.3.1): both parts form-encoded first. */
export function clientPair({ clientId, clientSecret }: Pick<OAuth2, 'clientId' | 'clientSecret'>): string {
  return `${formEncoded(clientId)}:${formEncoded(clientSecret)}`;
}

export function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}
