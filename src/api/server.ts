// The HTTP listener: /metrics for Prometheus, /healthz and /readyz for whoever restarts us (product.md section 5). GET and HEAD only;
// errors are problem details (RFC 9457). A bearer token, where one is set, is asked for on every path (RFC 6750).
//
// It knows the daemon only as the interface below, serves no pages, and speaks no TLS: beyond loopback it belongs behind a proxy.

import { createHash, timingSafeEqual } from 'node:crypto';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { formatListen, isLoopback, type ListenAddress } from './listen-address.js';

/** What the server needs of the daemon. All three answer at once, from memory. */
export interface DaemonView {
  /** The pipeline turned within half the watchdog time. */
  healthy(): { readonly ok: boolean; readonly detail: string };
  /** The database is open, checkpoints are restored, every source has delivered or reported idle; `detail` says what is missing. */
  ready(): { readonly ok: boolean; readonly detail: readonly string[] };
  /** The text of /metrics and its media type. */
  metrics(): Promise<string>;
  readonly metricsType: string;
}

/** What the server logs: faults of its own handlers. */
export interface ServerLogger {
  error(details: object, message: string): void;
}

export interface ServerOptions {
  readonly listen: ListenAddress;
  readonly daemon: DaemonView;
  /** Asked for on every request; null = none. */
  readonly token: string | null;
  /** Allows an address beyond loopback without a token. */
  readonly insecure: boolean;
  readonly logger: ServerLogger;
}

export interface ApiServer {
  /** Where it listens: `http://127.0.0.1:9599`; with the port that the system chose. */
  readonly url: string;
  /** Lets running answers end, at most `graceMs`, then cuts every connection. */
  close(graceMs?: number): Promise<void>;
}

export type ListenErrorCode = 'ERR_LISTEN_BUSY' | 'ERR_LISTEN_REFUSED' | 'ERR_LISTEN_INSECURE';

/** Thrown where the server cannot listen; the message says what to change. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: ListenErrorCode;

  constructor(code: ListenErrorCode, listen: ListenAddress, reason: string, options?: ErrorOptions) {
    super(`Cannot listen on ${formatListen(listen)}: ${reason}`, options);
    this.code = code;
  }
}

const PATHS = ['/metrics', '/healthz', '/readyz'];
const GRACE_MS = 1000;

/**
 * Starts to listen.
 *
 * @throws ListenError where the address is taken, not ours, or reachable from elsewhere without a token or `insecure`.
 */
export async function startServer(options: ServerOptions): Promise<ApiServer> {
  const { listen, token, insecure, daemon, logger } = options;
  if (!isLoopback(listen.host) && token === null && !insecure) {
    const reason = 'it can be reached from elsewhere; set http.tokenFile, or http.insecure: true (http.listen)';
    throw new ListenError('ERR_LISTEN_INSECURE', listen, reason);
  }
  const server = fastify({
    bodyLimit: 1024,
    requestTimeout: 10_000,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, _, reply) => {
      void problem(reply, 400, error.message);
    },
  });
  server.addHook('onRequest', async (request, reply) => guard(request, reply, token));
  server.setErrorHandler((error: Error & { statusCode?: number }, _, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) logger.error({ err: error }, 'a request failed');
    return problem(reply, status, status >= 500 ? 'the request failed; the log says why' : error.message);
  });
  server.setNotFoundHandler((request, reply) => notFound(request, reply));
  addRoutes(server, daemon);
  await open(server, listen);
  return { url: urlOf(server, listen), close: (graceMs = GRACE_MS) => closeServer(server, graceMs) };
}

function addRoutes(server: FastifyInstance, daemon: DaemonView): void {
  server.get('/metrics', async (_, reply) => {
    const text = await daemon.metrics();
    return reply.type(daemon.metricsType).send(text);
  });
  server.get('/healthz', (_, reply) => {
    const { ok, detail } = daemon.healthy();
    return ok ? reply.send({ status: 'ok', detail }) : problem(reply, 503, detail);
  });
  server.get('/readyz', (_, reply) => {
    const { ok, detail } = daemon.ready();
    return ok ? reply.send({ status: 'ok', detail }) : problem(reply, 503, detail.join('; '));
  });
}

/** Headers of every answer; and the token, compared in constant time. */
async function guard(request: FastifyRequest, reply: FastifyReply, token: string | null): Promise<void> {
  reply.header('Cache-Control', 'no-store').header('X-Content-Type-Options', 'nosniff');
  if (token === null) return;
  const given = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  if (given !== undefined && timingSafeEqual(digest(given), digest(token))) return;
  const challenge =
    given === undefined ? 'Bearer realm="peerwatch"' : 'Bearer realm="peerwatch", error="invalid_token"';
  await problem(reply.header('WWW-Authenticate', challenge), 401, 'a bearer token is required (http.tokenFile)');
}

function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}

function notFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split('?', 1)[0];
  if (!PATHS.includes(path)) return problem(reply, 404, `there is ${PATHS.join(', ')}`);
  return problem(reply.header('Allow', 'GET, HEAD'), 405, 'only GET and HEAD are answered here');
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** RFC 9457: with `about:blank` the title is that of the status code. */
function problem(reply: FastifyReply, status: number, detail: string): FastifyReply {
  const body = { type: 'about:blank', title: TITLES[status] ?? 'Error', status, detail };
  const bytes = new TextEncoder().encode(JSON.stringify(body)); // as bytes: to text a charset would be added
  return reply.code(status).type('application/problem+json').send(bytes);
}

async function open(server: FastifyInstance, listen: ListenAddress): Promise<void> {
  try {
    await server.listen({ host: listen.host, port: listen.port, listenTextResolver: () => '' });
  } catch (error) {
    await server.close();
    throw listenError(error, listen);
  }
}

function listenError(error: unknown, listen: ListenAddress): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const cause = { cause: error };
  if (code === 'EADDRINUSE') {
    const reason = 'another process listens there; is peerwatch running already? (http.listen chooses another)';
    return new ListenError('ERR_LISTEN_BUSY', listen, reason, cause);
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new ListenError('ERR_LISTEN_REFUSED', listen, 'the system does not allow it (http.listen)', cause);
  }
  if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') {
    return new ListenError('ERR_LISTEN_REFUSED', listen, 'this machine has no such address (http.listen)', cause);
  }
  return error;
}

function urlOf(server: FastifyInstance, listen: ListenAddress): string {
  const address = server.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : listen.port;
  return `http://${formatListen({ host: listen.host, port })}`;
}

async function closeServer(server: FastifyInstance, graceMs: number): Promise<void> {
  const cut = setTimeout(() => server.server.closeAllConnections(), graceMs);
  try {
    await server.close();
  } finally {
    clearTimeout(cut);
  }
}
