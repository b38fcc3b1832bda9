/**
 * The upstream: a bare TCP server in a process of its own that writes answers rendered before. It reads of a request what
 * it needs to find the end of it. Tells its port on its first line.
 */
import { createServer, type Socket } from 'node:net';
import { replyTo } from './replies.ts';

const replies = new Map<string, Buffer | undefined>();
let held = 0;

const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  let unread = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    unread = unread.length === 0 ? bytes : Buffer.concat([unread, bytes]);
    for (;;) {
      const end = unread.indexOf('\r\n\r\n');
      if (end === -1) return;
      const head = unread.toString('latin1', 0, end);
      const size = end + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (unread.length < size) return;
      unread = unread.subarray(size);
      answer(socket, head.slice(head.indexOf(' ') + 1, head.indexOf(' HTTP/1.1')));
    }
  });
});

function answer(socket: Socket, path: string): void {
  if (path === '/held') {
    const body = String(held);
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    return;
  }
  if (!replies.has(path)) replies.set(path, replyTo(path));
  if (path.startsWith('/hold')) {
    held += 1;
    socket.once('close', () => (held -= 1));
  }
  const reply = replies.get(path);
  if (reply !== undefined) socket.write(reply);
}

server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : '');
});
process.once('disconnect', () => process.exit());
