import { COMMAND_OPTIONS } from '../optionTable.js';
import { optionsOf, type parseOptions } from '../options.js';

export const CONNECT_OPTIONS = optionsOf(COMMAND_OPTIONS.connect);

export type ConnectValues = ReturnType<typeof parseOptions<typeof CONNECT_OPTIONS>>['values'];
