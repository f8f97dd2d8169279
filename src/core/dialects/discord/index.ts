import { defineDialect } from '../defineDialect.js';
import { discordClosing, discordVoiceClosing } from './closing.js';

const hello = /"op":10,.*"heartbeat_interval"|"heartbeat_interval".*"op":10\b/;

export const discord = defineDialect({
  name: 'discord',
  title: 'Discord gateway',
  closing: discordClosing,
  host: /^gateway([\w-]*)\.discord\.gg$/,
  recogniseGreeting: (text) => (hello.test(text) ? 0.9 : 0),
});

export const discordVoice = defineDialect({
  name: 'discord-voice',
  title: 'Discord voice',
  closing: discordVoiceClosing,
  host: /(^|\.)discord\.media$/,
});
