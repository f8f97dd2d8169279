import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { identifyProtocol } from '../../../src/core/handshake/identifyProtocol.js';

describe('identifyProtocol', () => {
  const table: [bytes: string | Buffer, name: string | null][] = [
    [Buffer.from('15030300020246', 'hex'), 'TLS'],
    [Buffer.from('160301', 'hex'), 'TLS'],
    [Buffer.from('00001204000000000000030000006400040010000000060000', 'hex'), 'HTTP/2'],
    [Buffer.from('000000040000000000', 'hex'), 'HTTP/2'],
    ['SSH-2.0-OpenSSH_9.6\r\n', 'SSH'],
    ['ICY 200 OK\r\n', 'ICY (Shoutcast audio)'],
    ['220 mail.example.com ESMTP\r\n', 'SMTP'],
    ['220 mx.test ESMTP Postfix\r\n', 'SMTP'],
    ['220 (vsFTPd 3.0.5)\r\n', 'FTP'],
    ['220 ProFTPD Server\r\n', 'FTP'],
    [Buffer.from('20020000', 'hex'), 'MQTT'],
    ['ERROR\r\nERROR\r\n', 'Memcached'],
    ['NOTICE AUTH :*** Looking up your hostname\r\n', 'IRC'],
    [':irc.test NOTICE * :*** Checking Ident\r\n', 'IRC'],
    ['ERROR\nmessage:Illegal command\n\n\0', 'STOMP'],
    ['RTSP/1.0 400 Bad Request\r\n', 'RTSP'],
    ['SIP/2.0 400 Bad Request\r\n', 'SIP'],
    [Buffer.from('fffd18fffd20', 'hex'), 'Telnet'],
    [Buffer.concat([Buffer.from('45000001ff6a04', 'hex'), Buffer.from("Host '10.0.0.1' is not allowed")]), 'MySQL'],
    ['220-Welcome\r\n', 'SMTP or FTP'],
    ['+OK POP3 ready\r\n', 'POP3'],
    ['* OK [CAPABILITY IMAP4rev1] ready\r\n', 'IMAP'],
    ['RFB 003.008\n', 'RFB (VNC)'],
    [Buffer.concat([Buffer.from('4a0000000a', 'hex'), Buffer.from('8.0.36\0')]), 'MySQL'],
    ["-ERR unknown command 'GET'\r\n", 'Redis'],
    ['-NOAUTH Authentication required.\r\n', 'Redis'],
    ['+PONG\r\n', 'Redis'],
    [Buffer.from('4500000089534641544c00', 'hex'), null],
    [Buffer.concat([Buffer.from('450000002a', 'hex'), Buffer.from('SFATAL\0')]), 'PostgreSQL'],
    ['INFO {"server_id":"N"}\r\n', 'NATS'],
    [Buffer.from('414d515000000901', 'hex'), 'AMQP'],
    ["<?xml version='1.0'?><stream:stream xmlns='jabber:client'>", 'XMPP'],
    ['<stream:error><not-well-formed/></stream:error>', 'XMPP'],
    ['<!DOCTYPE html>', 'HTML without an HTTP head'],
    ['\n<html>', 'HTML without an HTTP head'],
    ['{"hello":1}', 'JSON without an HTTP head'],
    ['HTTP/1.1 200 OK\r\n', null],
    ['', null],
    ['garbage', null],
    [Buffer.from('00', 'hex'), null],
  ];
  for (const [bytes, name] of table) {
    it(`${JSON.stringify(Buffer.from(bytes).toString('latin1').slice(0, 24))} is ${name}`, () => {
      assert.equal(identifyProtocol(Buffer.from(bytes))?.name ?? null, name);
    });
  }

  it('gives a next step with each', () => {
    assert.match(identifyProtocol(Buffer.from('150301', 'hex'))!.hint, /wss:\/\//);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        identifyProtocol(bytes);
      }),
    );
  });
});
