import { defineDialect } from '../../close/closeCode.js';

export const homeAssistant = defineDialect({
  name: 'home-assistant',
  title: 'Home Assistant',
  aliases: ['homeassistant', 'hass'],
  source: 'home-assistant-js-websocket 9.7',
  note: 'A refused token gives a message {"type":"auth_invalid"}, then the close.',
});
