import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Server } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { certificate, privateKey } from './__fixtures__/self-signed.ts';
import { networkFailure } from './network-failure.ts';
import { createNodeFetch, defaultFetch } from './node-http.ts';
import { bodyOf, type TextSource } from './text-source.ts';

const closing: Server[] = [];
afterEach(async () => {
  for (const server of closing.splice(0)) {
    if ('closeAllConnections' in server) (server as http.Server).closeAllConnections();
    server.close();
    if (server.listening) await once(server, 'close');
  }
});

async function listen<Any extends Server>(server: Any): Promise<{ readonly server: Any; readonly host: string }> {
  closing.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

type Answer = (request: IncomingMessage & { readonly text: string }, response: ServerResponse) => void;

function withText(answer: Answer): http.RequestListener {
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(Object.assign(request, { text: Buffer.concat(chunks).toString() }), response));
  };
}

const serve = (answer: Answer) => listen(http.createServer(withText(answer)));
const plain = () => createNodeFetch({ environment: {} });
const never = new AbortController().signal;

const failureOf = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );

async function textOf(response: Response, signal = never): Promise<string> {
  const texts: string[] = [];
  await (bodyOf(response) as TextSource).read((text) => texts.push(text) > 0, signal);
  return texts.join('');
}

describe('a request', () => {
  it('arrives with its method, path, headers and body, and its answer is a Response', async () => {
    const { host } = await serve((request, response) => {
      response.writeHead(201, 'Made', { 'content-type': 'application/json', 'x-two': ['a', 'b'] });
      const { method, url, text, headers } = request;
      response.end(
        JSON.stringify({
          method,
          url,
          text,
          host: headers.host,
          key: headers['x-key'],
          size: headers['content-length'],
        }),
      );
    });
    const asked = { method: 'POST', headers: { 'X-Key': 'k' }, body: 'naïve' };
    for (const headers of [asked.headers, new Headers(asked.headers), [['x-key', 'k']] as [string, string][]]) {
      const response = await plain()(new URL(`http://${host}/v1?a=b`), { ...asked, headers });
      expect(response).toMatchObject({ ok: true, status: 201, statusText: 'Made', redirected: false, bodyUsed: false });
      expect(response.headers.get('x-two')).toBe('a, b');
      expect(await response.json()).toEqual({
        method: 'POST',
        url: '/v1?a=b',
        text: 'naïve',
        host,
        key: 'k',
        size: '6',
      });
      expect(response.bodyUsed).toBe(true);
    }
  });

  it('has a body that is a stream for whoever wants one, and can be left alone until then', async () => {
    const { host } = await serve((_, response) => void response.end('some text'));
    const response = await plain()(`http://${host}/`);
    expect(response.body).toBeInstanceOf(ReadableStream);
    expect(response.body).toBe(response.body);
    expect(await textOf(response)).toBe('some text');
    await expect(response.text()).rejects.toThrow(TypeError);
    const read = (await plain()(`http://${host}/`)).body?.pipeThrough(new TextDecoderStream());
    const texts: string[] = [];
    for await (const text of read ?? []) texts.push(text);
    expect(texts.join('')).toBe('some text');
    expect(await (await plain()(`http://${host}/`)).clone().text()).toBe('some text');
  });

  it('has no body where the status says so, and its connection is free again', async () => {
    const { host, server } = await serve((_, response) => void response.writeHead(204).end());
    let connections = 0;
    server.on('connection', () => (connections += 1));
    const send = plain();
    for (let i = 0; i < 3; i += 1) expect(bodyOf(await send(`http://${host}/`))).toBeNull();
    expect(connections).toBe(1);
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('is not asked to be answered in %s, and that is read all the same', async (encoding, compress) => {
    const { host } = await serve((request, response) => {
      expect(request.headers['accept-encoding']).toBeUndefined();
      response.writeHead(200, { 'Content-Encoding': encoding }).end(compress('prime 🦉'));
    });
    expect(await textOf(await plain()(`http://${host}/`))).toBe('prime 🦉');
    expect(await (await plain()(`http://${host}/`)).text()).toBe('prime 🦉');
  });

  it('that is no plain one goes to the global fetch', async () => {
    const { host } = await serve((request, response) => void response.end(request.text));
    expect(await (await plain()(new Request(`http://${host}/`, { method: 'POST', body: 'hi' }))).text()).toBe('hi');
    expect(await (await plain()('data:text/plain,hello')).text()).toBe('hello');
  });

  it('waits for nobody else: a thousand at once have a connection each', async () => {
    let open = 0;
    const all = Promise.withResolvers<void>();
    const { host } = await serve((_, response) => {
      open += 1;
      if (open === 300) all.resolve();
      void all.promise.then(() => response.end('x'));
    });
    const send = plain();
    const texts = await Promise.all(Array.from({ length: 300 }, async () => textOf(await send(`http://${host}/`))));
    expect(texts).toHaveLength(300);
  });
});

describe('a redirect', () => {
  it('is followed with the whole request on the same server, a few times', async () => {
    const asked: string[] = [];
    const { host } = await serve((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.text}`);
      const hop = Number(request.url?.slice(1));
      if (hop < 2) response.writeHead(308, { location: `/${hop + 1}` }).end('moved');
      else response.end('here');
    });
    const post = { method: 'POST', body: 'b' };
    expect(await (await plain()(`http://${host}/0`, post)).text()).toBe('here');
    expect(asked).toEqual(['POST /0 b', 'POST /1 b', 'POST /2 b']);
    expect((await plain()(`http://${host}/-9`, post)).status).toBe(308);
  });

  it('to another server, or to another method, is the answer', async () => {
    const { host } = await serve((request, response) => {
      const other = request.url === '/307' ? 'http://127.0.0.1:1/elsewhere' : '/here';
      response.writeHead(Number(request.url?.slice(1)), { location: other }).end();
    });
    for (const status of [307, 302, 301]) {
      expect((await plain()(`http://${host}/${status}`, { method: 'POST', body: 'b' })).status).toBe(status);
    }
  });
});

describe('an abort', () => {
  it('before the request sends nothing', async () => {
    const { host } = await serve(() => expect.unreachable());
    const reason = new Error('enough');
    await expect(plain()(`http://${host}/`, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('of a thousand streams leaves no connection and no timer, and the next call works', {
    timeout: 60_000,
  }, async () => {
    const sockets = new Set<net.Socket>();
    const { host, server } = await serve((request, response) => {
      if (request.url === '/whole') return void response.end('whole');
      response.writeHead(200);
      response.write('some');
    });
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    const send = plain();
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const timersBefore = timers();
    const abortOne = async (i: number): Promise<void> => {
      const controller = new AbortController();
      const reason = new Error(`enough of ${i}`);
      const sent = send(`http://${host}/`, { signal: controller.signal });
      // In turn: before it is connected, before the headers, at the first text, in the middle of waiting for more.
      if (i % 4 === 0) controller.abort(reason);
      if (i % 4 === 1) setImmediate(() => controller.abort(reason));
      const read = (async () => {
        const response = await sent;
        await (bodyOf(response) as TextSource).read(() => {
          if (i % 4 === 2) controller.abort(reason);
          else setImmediate(() => controller.abort(reason));
          return true;
        }, controller.signal);
      })();
      await expect(read).rejects.toBe(reason);
    };
    for (let i = 0; i < 1000; i += 50) await Promise.all(Array.from({ length: 50 }, (_, j) => abortOne(i + j)));
    expect(await textOf(await send(`http://${host}/whole`))).toBe('whole');
    expect(timers()).toBeLessThanOrEqual(timersBefore);
    // A connection that somebody still held would not lie idle, and so not close by itself.
    await Promise.all([...sockets].map((socket) => once(socket, 'close')));
    expect(await textOf(await send(`http://${host}/whole`))).toBe('whole');
  });

  it('after the answer changes nothing', async () => {
    const { host, server } = await serve((_, response) => void response.end('whole'));
    let connections = 0;
    server.on('connection', () => (connections += 1));
    const send = plain();
    for (let i = 0; i < 3; i += 1) {
      const controller = new AbortController();
      expect(await textOf(await send(`http://${host}/`, { signal: controller.signal }), controller.signal)).toBe(
        'whole',
      );
      controller.abort();
    }
    expect(connections).toBe(1);
  });
});

describe('a connection', () => {
  it.each([
    ['4 s where the server does not say', {}, 4000],
    ['less where the server closes sooner', { 'keep-alive': 'timeout=3' }, 2000],
  ])('is timed only while it lies idle: %s', async (_, headers, idleMs) => {
    const { host } = await serve((__, response) => void response.writeHead(200, headers).end('x'));
    const timed = Promise.withResolvers<number>();
    let isRead = false;
    vi.spyOn(net.Socket.prototype, 'setTimeout').mockImplementation(function (this: net.Socket, ms) {
      const isServers = (this as { readonly server?: unknown }).server != null;
      if (ms > 0 && !isServers) timed.resolve(isRead ? ms : Number.NaN);
      return this;
    });
    const response = await plain()(`http://${host}/`);
    isRead = true;
    expect(await textOf(response)).toBe('x');
    expect(await timed.promise).toBe(idleMs);
    vi.restoreAllMocks();
  });
});

describe('a reader', () => {
  it('that has enough is not kept waiting by a server that goes on, whose connection is not used again', async () => {
    const { host, server } = await serve((_, response) => {
      response.writeHead(200);
      response.write('enough');
    });
    let connections = 0;
    server.on('connection', () => (connections += 1));
    const send = plain();
    for (let i = 0; i < 2; i += 1) {
      await (bodyOf(await send(`http://${host}/`)) as TextSource).read(() => false, never);
    }
    expect(connections).toBe(2);
  });

  it('that fails ends the reading with its error', async () => {
    const { host } = await serve((_, response) => {
      response.writeHead(200);
      response.write('text');
    });
    const error = new Error('cannot read that');
    const source = bodyOf(await plain()(`http://${host}/`)) as TextSource;
    const reading = source.read(() => {
      throw error;
    }, never);
    await expect(reading).rejects.toBe(error);
  });

  it('hears of a body that was cut off before it began to read', async () => {
    const { host, server } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
    });
    const connected = once(server, 'connection');
    const response = await plain()(`http://${host}/`);
    const [socket] = (await connected) as [net.Socket];
    const lazy = bodyOf(response) as TextSource;
    socket.destroy();
    await once(socket, 'close');
    for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
    expect(networkFailure(await failureOf(lazy.read(() => true, never)))).toMatchObject({ dispatch: 'unknown' });
  });

  it('hears of a body that is cut off', async () => {
    const { host } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.socket?.destroy());
    });
    const error = await failureOf(textOf(await plain()(`http://${host}/`)));
    expect(networkFailure(error)).toMatchObject({ failure: 'network', dispatch: 'unknown' });
  });
});

describe('a failure', () => {
  it('to connect is one of a request that was not sent', async () => {
    const { host, server } = await listen(net.createServer());
    server.close();
    await once(server, 'close');
    expect(networkFailure(await failureOf(plain()(`http://${host}/`)))).toEqual({
      failure: 'network',
      dispatch: 'not-sent',
      code: 'ECONNREFUSED',
    });
    expect(networkFailure(await failureOf(plain()('http://nobody.invalid/')))).toMatchObject({ dispatch: 'not-sent' });
  });

  it('in the handshake is one of a request that was not sent, whatever its code', async () => {
    const { host } = await listen(net.createServer((socket) => socket.once('data', () => socket.destroy())));
    expect(networkFailure(await failureOf(plain()(`https://${host}/`)))).toEqual({
      failure: 'network',
      dispatch: 'not-sent',
      code: 'ECONNRESET',
    });
  });

  it('of a certificate that nobody vouches for is one of a request that was not sent', async () => {
    const { host } = await listen(
      https.createServer(
        { key: privateKey, cert: certificate },
        withText(() => expect.unreachable()),
      ),
    );
    expect(networkFailure(await failureOf(plain()(`https://${host}/`)))).toMatchObject({ dispatch: 'not-sent' });
    expect(
      await (
        await createNodeFetch({ environment: {}, ca: certificate })(`https://${(await secure('secure')).host}/`)
      ).text(),
    ).toBe('secure');
  });

  it('of a connection that the server closed while it lay idle has an unknown outcome', async () => {
    const { host } = await listen(
      net.createServer((socket) => {
        let asked = 0;
        socket.on('error', () => undefined);
        socket.on('data', () => {
          asked += 1;
          if (asked === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
          else socket.destroy();
        });
      }),
    );
    const send = plain();
    expect(await textOf(await send(`http://${host}/`))).toBe('ok');
    const error = await failureOf(send(`http://${host}/`, { method: 'POST', body: 'b' }));
    expect(networkFailure(error)).toEqual({ failure: 'network', dispatch: 'unknown', code: 'ECONNRESET' });
  });
});

const secure = (text: string) =>
  listen(
    https.createServer(
      { key: privateKey, cert: certificate },
      withText((_, response) => void response.end(text)),
    ),
  );

describe('a proxy', () => {
  async function proxy() {
    const seen: string[] = [];
    const server = http.createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      response.end('from the proxy');
    });
    server.on('connect', (request, client: net.Socket, head) => {
      seen.push(`CONNECT ${request.url}`);
      const [hostname, port] = (request.url ?? '').split(':');
      const onward = net.connect(Number(port), hostname, () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        onward.write(head);
        onward.pipe(client).pipe(onward);
      });
      onward.on('error', () => client.destroy());
      client.on('error', () => onward.destroy());
    });
    return { ...(await listen(server)), seen };
  }

  it('is asked for plain addresses and tunnels to secure ones', async () => {
    const { host: via, seen } = await proxy();
    const { host } = await secure('secure');
    const environment = { HTTP_PROXY: `http://${via}`, HTTPS_PROXY: `http://${via}` };
    const send = createNodeFetch({ environment, ca: certificate });
    expect(await (await send('http://api.invalid/v1', { method: 'POST', body: 'b' })).text()).toBe('from the proxy');
    expect(await textOf(await send(`https://${host}/`, { method: 'POST', body: 'b' }))).toBe('secure');
    expect(seen).toEqual(['POST http://api.invalid/v1', `CONNECT ${host}`]);
  });

  it('is not asked for what NO_PROXY names', async () => {
    const { host: via, seen } = await proxy();
    const { host } = await serve((_, response) => void response.end('direct'));
    const send = createNodeFetch({ environment: { http_proxy: `http://${via}`, no_proxy: '127.0.0.1' } });
    expect(await textOf(await send(`http://${host}/`))).toBe('direct');
    expect(seen).toEqual([]);
  });

  it('that refuses the tunnel leaves the request unsent', async () => {
    const server = http.createServer();
    server.on('connect', (_, client: net.Socket) => client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
    const { host: via } = await listen(server);
    const send = createNodeFetch({ environment: { HTTPS_PROXY: `http://${via}` } });
    expect(networkFailure(await failureOf(send('https://api.invalid/')))).toMatchObject({ dispatch: 'not-sent' });
  });
});

describe('the shared one', () => {
  it('sends like any other', async () => {
    const { host } = await serve((_, response) => void response.end('shared'));
    expect(await textOf(await defaultFetch(`http://${host}/`))).toBe('shared');
  });
});
