// The HTTP listener on real sockets.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import test, { type TestContext } from 'node:test';
import { ListenError, startServer, type ApiServer, type DaemonView, type ServerOptions } from '../../src/api/server.js';

const well: DaemonView = {
  healthy: () => ({ ok: true, detail: 'turned 2 s ago' }),
  ready: () => ({ ok: true, detail: ['database open'] }),
  metrics: () => Promise.resolve('peerwatch_build_info 1\n'),
  metricsType: 'text/plain; version=0.0.4; charset=utf-8',
};

async function start(t: TestContext, options: Partial<ServerOptions> = {}): Promise<ApiServer> {
  const logger = { error: () => undefined };
  const listen = { host: '127.0.0.1', port: 0 };
  const server = await startServer({ listen, daemon: well, token: null, insecure: false, logger, ...options });
  t.after(() => server.close());
  return server;
}

test('startServer answers /metrics with the text and media type it is given', async (t) => {
  const { url } = await start(t);
  const response = await fetch(`${url}/metrics`);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(response.headers.get('cache-control'), 'no-store');
  assert.equal(await response.text(), 'peerwatch_build_info 1\n');
});

test('startServer answers /healthz and /readyz with 200 while all is well', async (t) => {
  const { url } = await start(t);
  const health = await fetch(`${url}/healthz`);
  assert.deepEqual([health.status, await health.json()], [200, { status: 'ok', detail: 'turned 2 s ago' }]);
  const ready = await fetch(`${url}/readyz`);
  assert.deepEqual([ready.status, await ready.json()], [200, { status: 'ok', detail: ['database open'] }]);
});

test('startServer answers /healthz and /readyz with 503 and a problem that says what is missing', async (t) => {
  const daemon: DaemonView = {
    ...well,
    healthy: () => ({ ok: false, detail: 'no turn for 40 s' }),
    ready: () => ({ ok: false, detail: ['source rrc00 has not delivered', 'checkpoints are not restored'] }),
  };
  const { url } = await start(t, { daemon });
  const health = await fetch(`${url}/healthz`);
  assert.equal(health.status, 503);
  assert.equal(health.headers.get('content-type'), 'application/problem+json');
  assert.deepEqual(await health.json(), {
    type: 'about:blank',
    title: 'Service Unavailable',
    status: 503,
    detail: 'no turn for 40 s',
  });
  const ready = await fetch(`${url}/readyz`);
  assert.equal(ready.status, 503);
  assert.match(await ready.text(), /source rrc00 has not delivered; checkpoints are not restored/);
});

test('startServer asks the daemon at every request', async (t) => {
  let ok = false;
  const { url } = await start(t, { daemon: { ...well, healthy: () => ({ ok, detail: '' }) } });
  assert.equal((await fetch(`${url}/healthz`)).status, 503);
  ok = true;
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
});

test('startServer answers HEAD without a body, other methods with 405, other paths with 404', async (t) => {
  const { url } = await start(t);
  const head = await fetch(`${url}/metrics`, { method: 'HEAD' });
  assert.deepEqual([head.status, await head.text()], [200, '']);
  for (const method of ['POST', 'PUT', 'DELETE']) {
    const refused = await fetch(`${url}/healthz?x=1`, { method });
    assert.equal(refused.status, 405, method);
    assert.equal(refused.headers.get('allow'), 'GET, HEAD');
    assert.equal(refused.headers.get('content-type'), 'application/problem+json');
  }
  const missing = await fetch(`${url}/metric`);
  assert.equal(missing.status, 404);
  assert.deepEqual(await missing.json(), {
    type: 'about:blank',
    title: 'Not Found',
    status: 404,
    detail: 'there is /metrics, /healthz, /readyz',
  });
});

test('startServer refuses a malformed path and a broken request with a problem, not a stack', async (t) => {
  const { url } = await start(t);
  const response = await fetch(`${url}/%E0%A4%A`);
  assert.ok([400, 404].includes(response.status));
  assert.equal(response.headers.get('content-type'), 'application/problem+json');
  assert.doesNotMatch(await response.text(), /node_modules/);
});

test('startServer logs a handler that fails, answers 500 without its message, and goes on', async (t) => {
  const logged: string[] = [];
  const daemon = { ...well, metrics: () => Promise.reject(new Error('secret detail')) };
  const { url } = await start(t, { daemon, logger: { error: (_, message) => logged.push(message) } });
  const response = await fetch(`${url}/metrics`);
  assert.equal(response.status, 500);
  assert.doesNotMatch(await response.text(), /secret/);
  assert.deepEqual(logged, ['a request failed']);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
});

test('startServer with a token answers only those who carry it', async (t) => {
  const { url } = await start(t, { token: 's3cret' });
  const cases: readonly [string | null, number][] = [
    [null, 401],
    ['Bearer wrong', 401],
    ['Bearer s3cre', 401],
    ['Basic s3cret', 401],
    ['s3cret', 401],
    ['Bearer s3cret', 200],
    ['bearer s3cret', 200], // RFC 9110: the scheme's case is free
  ];
  for (const [authorization, status] of cases) {
    for (const path of ['/metrics', '/healthz', '/readyz']) {
      const headers: Record<string, string> = authorization === null ? {} : { authorization };
      const response = await fetch(url + path, { headers });
      assert.equal(response.status, status, `${authorization ?? 'none'} ${path}`);
      if (status === 401) assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer realm="peerwatch"/);
    }
  }
  assert.equal((await fetch(`${url}/nothing`)).status, 401); // not even what exists is told
});

test('startServer refuses an address beyond loopback without token or insecure, and says what to set', async (t) => {
  const listen = { host: '0.0.0.0', port: 0 };
  await assert.rejects(start(t, { listen }), (error) => {
    assert.ok(error instanceof ListenError);
    assert.equal(error.code, 'ERR_LISTEN_INSECURE');
    assert.match(error.message, /^Cannot listen on 0\.0\.0\.0:0: .* set http\.tokenFile, or http\.insecure: true/);
    return true;
  });
  const insecure = await start(t, { listen, insecure: true });
  const port = new URL(insecure.url).port;
  assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
  const guarded = await start(t, { listen, token: 'x' });
  assert.equal((await fetch(`http://127.0.0.1:${new URL(guarded.url).port}/healthz`)).status, 401);
});

test('startServer on a busy port says so', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { port } = portOf(other.address());
  await assert.rejects(start(t, { listen: { host: '127.0.0.1', port } }), (error) => {
    assert.ok(error instanceof ListenError);
    assert.equal(error.code, 'ERR_LISTEN_BUSY');
    assert.equal(
      error.message,
      `Cannot listen on 127.0.0.1:${port}: another process listens there; is peerwatch running already? (http.listen chooses another)`,
    );
    return true;
  });
});

test('startServer on an address of another machine says so', async (t) => {
  const listen = { host: '192.0.2.1', port: 0 };
  await assert.rejects(start(t, { listen, insecure: true }), { code: 'ERR_LISTEN_REFUSED' });
});

test('ApiServer close ends at once though a client keeps its connection open', async (t) => {
  const server = await start(t);
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(socket, 'data');
  const closed = once(socket, 'close');
  await server.close(60_000); // would take the minute, and this test with it, if idle connections counted
  await closed;
  await assert.rejects(fetch(`${server.url}/healthz`));
});

test('ApiServer close lets a running answer end', async (t) => {
  let answer: (text: string) => void = () => undefined;
  let asked: () => void = () => undefined;
  const called = new Promise<void>((resolve) => (asked = resolve));
  const metrics = (): Promise<string> => {
    asked();
    return new Promise((resolve) => (answer = resolve));
  };
  const server = await start(t, { daemon: { ...well, metrics } });
  const response = fetch(`${server.url}/metrics`);
  await called;
  const closed = server.close(60_000);
  answer('peerwatch_up 1\n');
  assert.equal(await (await response).text(), 'peerwatch_up 1\n');
  await closed;
});

test('ApiServer close cuts an answer that never ends, after its grace', async (t) => {
  let asked: () => void = () => undefined;
  const called = new Promise<void>((resolve) => (asked = resolve));
  const metrics = (): Promise<string> => {
    asked();
    return new Promise(() => undefined);
  };
  const server = await start(t, { daemon: { ...well, metrics } });
  const client = request(`${server.url}/metrics`).end();
  const failed = once(client, 'error');
  await called;
  await server.close(0);
  await failed;
});

function portOf(address: AddressInfo | string | null): AddressInfo {
  assert.ok(typeof address === 'object' && address !== null);
  return address;
}
