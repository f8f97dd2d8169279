import { defineDialect } from '../defineDialect.js';
import { closing } from './closing.js';

export const twitchEventsub = defineDialect({
  name: 'twitch-eventsub',
  title: 'Twitch EventSub',
  closing,
  host: /^eventsub\.wss\.twitch\.tv$/,
  recogniseGreeting: (text) => (text.includes('"message_type":"session_welcome"') ? 0.95 : 0),
});
