import { createHash, pbkdf2Sync } from 'node:crypto';

/** The one account of every server that asks for one. */
export const USER = 'staff';
export const PASSWORD = 'open-sesame';

/** The same in the format of htpasswd (`openssl passwd -apr1`), which nginx, Apache and Squid read. */
export const HTPASSWD = `${USER}:$apr1$wsprobe1$W3DWMddtLrrJIyIKj30nw0\n`;

/** The same in the format of htdigest, for the realm "staff" (RFC 7616 3.4.2). */
export const HTDIGEST = `${USER}:staff:${createHash('md5').update(`${USER}:staff:${PASSWORD}`).digest('hex')}\n`;

/** The same as bcrypt at its lowest cost, in Base64, which is how Caddy reads it. */
export const BCRYPT = 'JDJhJDA0JHdzcHJvYmV3c3Byb2Jld3Nwcm9iZU9uLnVnbU1JNkV6WDRIUi9DU3djMXJhZDhEUWptOE1h';

/** The same in the format of mosquitto_passwd: PBKDF2 of SHA-512. */
export const MQTT_PASSWORDS = mqttPasswords();

function mqttPasswords(): string {
  const salt = Buffer.from('wsprobe salt');
  const hash = pbkdf2Sync(PASSWORD, salt, 101, 64, 'sha512');
  return `${USER}:$7$101$${salt.toString('base64')}$${hash.toString('base64')}\n`;
}
