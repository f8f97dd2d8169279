import { fillDeep } from '../fill.js';
import { type PayloadEncoder, textPayload } from './kind.js';

/** A record ends with U+001E: https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/HubProtocol.md */
export const encode: PayloadEncoder = (value: unknown, context) =>
  textPayload(`${JSON.stringify(fillDeep(value, context))}\u001e`);
