import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { shownProxy } from '../../../src/download/proxiedFetch';
import { downloadBytes } from '../../../src/download/request';
import { sendFile, startFileHost } from '../../fixtures/fileHost';

/** A proxy that tunnels everything to `port` of this machine and notes where it was asked to go. */
async function startProxy(port: number) {
  const asked: string[] = [];
  const server = createServer((_request, response) => response.writeHead(501).end());
  server.on('connect', (request, client, head) => {
    asked.push(request.url!);
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked, close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()) };
}

test('downloads go through the proxy of the environment, except to the hosts that it spares', async () => {
  const bytes = Buffer.from('a model');
  const host = await startFileHost((request, response) => sendFile(request, response, bytes));
  const port = Number(new URL(host.url).port);
  const proxy = await startProxy(port);
  const before = { ...process.env };
  try {
    for (const name of ['HTTPS_PROXY', 'https_proxy', 'http_proxy', 'no_proxy', 'ALL_PROXY', 'all_proxy'])
      delete process.env[name];
    process.env.HTTP_PROXY = proxy.url;
    process.env.NO_PROXY = '127.0.0.1';
    // A name that only the proxy can make sense of.
    const far = await downloadBytes('It', `http://models.invalid:${port}/uc`, 'By hand.');
    assert.equal(Buffer.from(far).toString(), 'a model');
    assert.deepEqual(proxy.asked, [`models.invalid:${port}`]);
    const near = await downloadBytes('It', host.url, 'By hand.');
    assert.equal(Buffer.from(near).toString(), 'a model');
    assert.equal(proxy.asked.length, 1);
    await proxy.close();
    await assert.rejects(downloadBytes('It', 'http://models.invalid/uc', 'By hand.'), (error: Error) => {
      assert.ok(
        error.message.startsWith(
          `It cannot be downloaded from http://models.invalid/uc through the proxy ${proxy.url}: `,
        ),
      );
      return true;
    });
  } finally {
    process.env = before;
    await proxy.close();
    await host.close();
  }
});

test('a password of the proxy is never told', () => {
  assert.equal(shownProxy('http://me:secret@proxy.example:3128/'), 'http://proxy.example:3128/');
  assert.equal(shownProxy('http://proxy.example:3128'), 'http://proxy.example:3128');
});
