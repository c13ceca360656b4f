// A cache that says what a test has it say: a TCP server that reads queries and sends prepared octets.

import { createServer, type Server, type Socket } from 'node:net';
import { type TestContext } from 'node:test';
import { Prefix } from '../../src/ip/prefix.js';
import { RtrFramer } from '../../src/rpki/rtr-framer.js';
import { decodeRtrPdu, encodeRtrPdu, type RtrPdu } from '../../src/rpki/rtr-pdu.js';
import { type Vrp } from '../../src/rpki/vrp-table.js';

/** Answers a query with PDUs; `null` closes the connection. */
export type Answer = (query: RtrPdu) => readonly RtrPdu[] | null;

export class TestCache {
  readonly queries: RtrPdu[] = [];
  answer: Answer;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(answer: Answer) {
    this.answer = answer;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async open(context: Pick<TestContext, 'after'>, answer: Answer): Promise<TestCache> {
    const cache = new TestCache(answer);
    await new Promise<void>((resolve) => cache.#server.listen(0, '127.0.0.1', resolve));
    context.after(() => cache.close());
    return cache;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** To every router. */
  send(...pdus: readonly RtrPdu[]): void {
    for (const socket of this.#sockets) for (const pdu of pdus) socket.write(encodeRtrPdu(pdu));
  }

  /** Listens no more, and hangs up. */
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    const framer = new RtrFramer();
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (chunk) =>
      framer.push(chunk, (bytes, start, end) => {
        const query = decodeRtrPdu(bytes, start, end);
        this.queries.push(query);
        if (query.kind === 'error') return true;
        const answer = this.answer(query);
        if (answer === null) socket.destroy();
        else for (const pdu of answer) socket.write(encodeRtrPdu(pdu));
        return answer !== null;
      }),
    );
  }
}

/** `203.0.113.0/24-25 64496`. */
export function vrp(text: string): Vrp {
  const [prefix, asn] = text.split(' ');
  const [range, max] = prefix.split('-') as [string, string?];
  const value = Prefix.of(range);
  return {
    prefix: value,
    maxLength: max === undefined ? value.length : Number(max),
    asn: Number(asn),
    trustAnchor: null,
    expires: null,
  };
}

/** A whole answer: Cache Response, payloads, End of Data. `+` announces, `-` withdraws. */
export function answerOf(
  { version = 2, sessionId = 7, serial = 1 }: { version?: number; sessionId?: number; serial?: number },
  ...lines: readonly string[]
): readonly RtrPdu[] {
  const intervals = version === 0 ? null : { refresh: 3600, retry: 600, expire: 7200 };
  return [
    { version, kind: 'cache-response', sessionId },
    ...lines.map((line): RtrPdu => {
      const announce = line.startsWith('+');
      const text = line.slice(1);
      if (!text.startsWith('ASPA')) return { version, kind: 'prefix', announce, vrp: vrp(text) };
      const [customer, ...providers] = text.slice(5).split(' ').map(Number);
      return { version, kind: 'aspa', announce, customer, providers };
    }),
    { version, kind: 'end-of-data', sessionId, serial, intervals },
  ];
}
