import { STATUS_CODES } from 'node:http';
import type { HeaderPair } from '../base/model.js';
import type { CannedResponse } from './cannedResponse.js';

const NGINX = 'nginx/1.22.1';
export const APACHE = 'Apache/2.4.62 (Debian)';
export const HTML: HeaderPair = ['Content-Type', 'text/html'];
export const HTML_UTF8: HeaderPair = ['Content-Type', 'text/html; charset=utf-8'];
export const TEXT: HeaderPair = ['Content-Type', 'text/plain'];
const JSON_TYPE: HeaderPair = ['Content-Type', 'application/json; charset=utf-8'];
export const CLOSE: HeaderPair = ['Connection', 'close'];
export const EXPRESS: HeaderPair = ['X-Powered-By', 'Express'];
export const NGINX_SERVER: HeaderPair = ['Server', NGINX];

export function answer(status: number, headers: readonly HeaderPair[], body: string, reason?: string): CannedResponse {
  return { status, reason: reason ?? STATUS_CODES[status] ?? 'Playground', headers, body };
}

export function nginx(status: number, reason = STATUS_CODES[status] ?? '', note = ''): CannedResponse {
  const title = `${status} ${reason}`;
  const body =
    `<html>\r\n<head><title>${note === '' ? title : `${status} ${note}`}</title></head>\r\n<body>\r\n` +
    `<center><h1>${title}</h1></center>\r\n${note === '' ? '' : `<center>${note}</center>\r\n`}` +
    `<hr><center>${NGINX}</center>\r\n</body>\r\n</html>\r\n`;
  return answer(status, [NGINX_SERVER, HTML, ['Connection', note === '' ? 'keep-alive' : 'close']], body, reason);
}

export function apache(status: number, title: string, text: string): CannedResponse {
  const body =
    '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n' +
    `<title>${status} ${title}</title>\n</head><body>\n<h1>${title}</h1>\n<p>${text}</p>\n<hr>\n` +
    `<address>${APACHE} Server at localhost Port 80</address>\n</body></html>\n`;
  return answer(status, [['Server', APACHE], ['Content-Type', 'text/html; charset=iso-8859-1'], CLOSE], body, title);
}

/** HAProxy names no server. */
export function haproxy(status: number, text: string, title = STATUS_CODES[status] ?? ''): CannedResponse {
  const body = `<html><body><h1>${status} ${title}</h1>\n${text}\n</body></html>\n`;
  return answer(
    status,
    [
      ['cache-control', 'no-cache'],
      ['content-type', 'text/html'],
      ['connection', 'close'],
    ],
    body,
    title,
  );
}

export function express(status: number, text: string, server: readonly HeaderPair[] = []): CannedResponse {
  const body =
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n<body>\n' +
    `<pre>${text}</pre>\n</body>\n</html>\n`;
  return answer(
    status,
    [
      ...server,
      EXPRESS,
      ['Content-Security-Policy', "default-src 'none'"],
      ['X-Content-Type-Options', 'nosniff'],
      HTML_UTF8,
      ['Connection', 'keep-alive'],
    ],
    body,
  );
}

export function json(status: number, value: unknown, headers: readonly HeaderPair[] = []): CannedResponse {
  return answer(status, [JSON_TYPE, ...headers], JSON.stringify(value));
}

export function wsRefusal(status: number, text: string): CannedResponse {
  return answer(status, [CLOSE, HTML], text);
}

export function awsElb(status: number, title: string): CannedResponse {
  const heading = `${status} ${title}`;
  const body =
    `<html>\r\n<head><title>${heading}</title></head>\r\n<body>\r\n` +
    `<center><h1>${heading}</h1></center>\r\n</body>\r\n</html>\r\n`;
  return answer(status, [['Server', 'awselb/2.0'], HTML, ['Connection', 'keep-alive']], body, title);
}

export function cloudflare(status: number): CannedResponse {
  return answer(
    status,
    [
      ['Server', 'cloudflare'],
      ['CF-RAY', '8f1d3c5b7a9e2468-AMS'],
      ['Content-Type', 'text/plain; charset=UTF-8'],
      ['Cache-Control', 'private, max-age=0, no-store, no-cache, must-revalidate'],
      ['Referrer-Policy', 'same-origin'],
      ['Connection', 'keep-alive'],
    ],
    `error code: ${status === 530 ? 1016 : status}`,
    '<none>',
  );
}

export const upgradeRequired = (...headers: HeaderPair[]): CannedResponse =>
  answer(426, [...headers, TEXT], 'Upgrade Required');
