import type { Look, LookReason } from '../base/model.js';

const REASONS: Readonly<Record<LookReason, string>> = {
  'no-ping': 'held once more without our ping',
  tls: 'asked whether the port speaks TLS',
  get: 'asked without an upgrade, since the upgrade was not answered',
  loopback: 'tried the other address of this machine, since the first was refused',
  challenge: 'asked first without credentials',
  'stale-token': 'asked first with the token from before',
  plain: 'asked in plain HTTP, with no credential',
};

/** A second look in words: why and where, and what came of it. */
export function lookText({ reason, address, request, response, error }: Look): { why: string; outcome: string } {
  return { why: `${REASONS[reason]}, ${address}`, outcome: `${request ?? 'nothing sent'}: ${response ?? error ?? ''}` };
}
