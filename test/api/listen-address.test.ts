// Which texts are addresses to listen on, and which of them the world can reach.

import assert from 'node:assert/strict';
import test from 'node:test';
import { formatListen, isLoopback, parseListen } from '../../src/api/listen-address.js';

test('parseListen reads addresses and ports, and refuses everything else', () => {
  const cases: readonly [string, string | null][] = [
    ['127.0.0.1:9599', '127.0.0.1:9599'],
    ['[::1]:9599', '[::1]:9599'],
    ['localhost:0', 'localhost:0'],
    ['0.0.0.0:65535', '0.0.0.0:65535'],
    [':9599', '[::]:9599'],
    ['*:9599', '[::]:9599'],
    ['127.0.0.1', null],
    ['127.0.0.1:', null],
    ['127.0.0.1:65536', null],
    ['127.0.0.1:-1', null],
    ['::1:9599', null], // which colon is the port's?
    ['[127.0.0.1]:1', null],
    ['300.0.0.1:1', null],
    ['example.net:80', null],
    ['', null],
  ];
  for (const [text, expected] of cases) {
    const listen = parseListen(text);
    assert.equal(listen === null ? null : formatListen(listen), expected, text);
  }
});

test('isLoopback is true for this machine alone', () => {
  for (const host of ['127.0.0.1', '127.255.0.9', '::1', 'localhost', '0:0:0:0:0:0:0:1'])
    assert.ok(isLoopback(host), host);
  for (const host of ['0.0.0.0', '::', '128.0.0.1', '10.0.0.1', '::2', 'fe80::1', 'example.net', '']) {
    assert.ok(!isLoopback(host), host);
  }
});
