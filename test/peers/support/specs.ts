import { spawnSync } from 'node:child_process';
import { HTDIGEST, HTPASSWD } from './accounts.js';
import type { Scene } from './cases.js';
import type { PeerSpec } from './peer.js';

/** Servers that more than one file of tests runs. */
type Spec = (scene: Omit<Scene, 'peer'>) => PeerSpec;

const NGINX_PORTS =
  'plain h2c proxied tls expired expiresSoon selfSigned incomplete wrongName mutual rejecting tls12 rsaOnly';

export const nginxSpec: Spec = ({ backends, pki }) => ({
  software: 'nginx',
  ports: NGINX_PORTS.split(' '),
  configs: ['nginx.conf'],
  files: { htpasswd: HTPASSWD },
  values: { ...backends.ports, pki: pki.folder },
  args: (fill) => ['-c', fill('{{folder}}/nginx.conf'), '-p', fill('{{folder}}')],
});

export const haproxySpec: Spec = ({ backends, pki }) => ({
  software: 'haproxy',
  ports: ['plain', 'untimed', 'passed', 'tls', 'http1', 'h2c', 'mutual', 'proxied'],
  configs: ['haproxy.cfg'],
  values: { ...backends.ports, pki: pki.folder },
  args: (fill) => ['-db', '-f', fill('{{folder}}/haproxy.cfg')],
});

const SQUID_HELPERS = '/usr/lib/squid';

export const squidSpec: Spec = ({ backends, pki }) => ({
  software: 'squid',
  ports: ['open', 'auth', 'digest', 'ntlm', 'closed', 'secure', 'secureExpired', 'inspecting', 'passing'],
  configs: ['squid.conf'],
  files: { htpasswd: HTPASSWD, htdigest: HTDIGEST },
  values: { ...backends.ports, pki: pki.folder, helpers: SQUID_HELPERS },
  prepare: (folder) => {
    const certificates = `${folder}/certificates`;
    spawnSync(`${SQUID_HELPERS}/security_file_certgen`, ['-c', '-s', certificates, '-M', '4MB']);
    // Squid gives root up before it signs.
    spawnSync('chmod', ['-R', 'a+rwX', certificates]);
  },
  // Its shared memory goes by the name of the service.
  args: (fill) => ['-N', '-n', fill('{{service}}'), '-f', fill('{{folder}}/squid.conf')],
});
