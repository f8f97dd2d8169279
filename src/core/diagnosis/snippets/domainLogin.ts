import type { Fix } from '../../base/model.js';
import type { Evidence } from '../../base/evidence.js';
import { LOCAL_PROXY, pxInstall } from '../../profile/proxyUrl.js';
import { placeOf } from '../facts.js';
import { profileFix } from './profile.js';
import { shellFix, shellQuote } from './shell.js';

/** Schemes that take an account of a domain, or several requests over one connection. */
const OF_A_DOMAIN = /^(negotiate|ntlm|kerberos)$/i;
const TICKETS = /^(negotiate|kerberos)$/i;

export function isOfDomain(scheme: string): boolean {
  return OF_A_DOMAIN.test(scheme);
}

/** A proxy of this machine that signs in at the other one, which wsprobe cannot. */
export function signingProxyFixes(evidence: Evidence, schemes: readonly string[]): readonly Fix[] {
  const { plan, platform } = evidence;
  const proxy = plan.proxy && /^[\w.:-]+$/.test(plan.proxy.host) ? placeOf(evidence) : 'proxy.example.com:3128';
  const { at = LOCAL_PROXY, ...start } = signingProxy(platform, proxy, schemes.every(isOfTickets));
  return [start, profileFix('Then go through it (profile)', { proxy: at })];
}

/** `at`: where it listens, if not where Px does. */
function signingProxy(platform: string, proxy: string, byTicket: boolean): Fix & { readonly at?: string } {
  const title = `On ${systemName(platform)}: a proxy of this machine that signs in`;
  if (platform === 'win32') {
    const snippet = [pxInstall(platform), `px --proxy=${proxy}`].join('\n');
    return { title: `${title} as you (Px)`, language: 'powershell', snippet };
  }
  if (byTicket) {
    const asWhom = 'kinit name@EXAMPLE.COM';
    return shellFix(
      `${title} with your ticket (Px)`,
      pxInstall(platform),
      asWhom,
      `px --proxy=${proxy} --auth=NEGOTIATE`,
    );
  }
  if (platform === 'darwin') {
    const user = `--username='DOMAIN\\name'`;
    const start = [`px ${user} --password`, `px --proxy=${proxy} ${user}`];
    return shellFix(`${title} (Px)`, pxInstall(platform), ...start);
  }
  // Px keeps the password in a keyring, which a machine without a desktop has not; the package of Cntlm takes port 3128.
  const start = `cntlm -f -I -a NTLMv2 -u name -d DOMAIN -l 3129 ${proxy}`;
  return { ...shellFix(`${title} (Cntlm)`, 'sudo apt-get install cntlm', start), at: 'http://127.0.0.1:3129' };
}

function isOfTickets(scheme: string): boolean {
  return TICKETS.test(scheme);
}

/** What a client of the domain would do at a server: a ticket in the header where that is enough, else a browser. */
export function domainServerFixes(evidence: Evidence, schemes: readonly string[]): readonly Fix[] {
  const host = /^[\w.-]+$/.test(evidence.host) ? evidence.host : 'host.example.com';
  const ticket = schemes.some(isOfTickets) ? [ticketFix(evidence, host)] : [];
  return [...ticket, browserFix(evidence.platform, host)];
}

/** A Kerberos ticket is one header, good for one request. */
function ticketFix({ platform, report }: Evidence, host: string): Fix {
  if (platform === 'win32') {
    return {
      title: 'On Windows: send a Kerberos ticket of yours (PowerShell 7.3 or later)',
      language: 'powershell',
      snippet: [
        `$to = [Net.Security.NegotiateAuthenticationClientOptions]@{ Package = 'Negotiate'; TargetName = 'HTTP/${host}' }`,
        '$status = [Net.Security.NegotiateAuthenticationStatusCode]::Completed',
        '$ticket = [Net.Security.NegotiateAuthentication]::new($to).GetOutgoingBlob([NullString]::Value, [ref]$status)',
        `wsprobe probe '${report.url.replaceAll("'", "''")}' -H "Authorization: Negotiate $ticket"`,
      ].join('\n'),
    };
  }
  const code = `import base64, gssapi; n = gssapi.Name("HTTP@${host}", gssapi.NameType.hostbased_service); print(base64.b64encode(gssapi.SecurityContext(name=n, usage="initiate").step()).decode())`;
  // A package of the system goes to its own Python, whichever stands first in the PATH.
  const [install, python] =
    platform === 'darwin'
      ? ['python3 -m pip install gssapi', 'python3']
      : ['sudo apt-get install krb5-user python3-gssapi', '/usr/bin/python3'];
  return shellFix(
    `On ${systemName(platform)}: send a Kerberos ticket of yours (Python)`,
    install,
    'kinit name@EXAMPLE.COM',
    `TICKET=$(${python} -c ${shellQuote(code)})`,
    `wsprobe probe ${shellQuote(report.url)} -H "Authorization: Negotiate $TICKET"`,
  );
}

/** NTLM belongs to a connection: only who speaks it can open one. */
function browserFix(platform: string, host: string): Fix {
  const options = `--remote-debugging-port=9222 --auth-server-allowlist=${host}`;
  if (platform === 'win32') {
    return {
      title: 'On Windows: let Edge sign in, and read its frames',
      language: 'powershell',
      snippet: [
        `Start-Process msedge '${options}', "--user-data-dir=$env:TEMP\\wsprobe-edge"`,
        'wsprobe attach http://127.0.0.1:9222',
      ].join('\n'),
    };
  }
  const start =
    platform === 'darwin'
      ? `open -na 'Google Chrome' --args ${options} --user-data-dir=/tmp/wsprobe-chrome`
      : `google-chrome ${options} --user-data-dir=/tmp/wsprobe-chrome &`;
  return shellFix(
    `On ${systemName(platform)}: let Chrome sign in, and read its frames`,
    start,
    'wsprobe attach http://127.0.0.1:9222',
  );
}

function systemName(platform: string): string {
  if (platform === 'win32') return 'Windows';
  return platform === 'darwin' ? 'macOS' : 'Linux';
}
