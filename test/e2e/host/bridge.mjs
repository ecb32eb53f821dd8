// Lets a test inside the extension host reach the browser outside: one HTTP call per action, on the loopback interface.
import { createServer } from 'node:http';

/** Serves `actions` (name → async function of its arguments); `url` goes into FACENET_TEST_BRIDGE of the extension host. */
export async function startBridge(actions) {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk) => (body += chunk));
    request.on('end', async () => {
      let answer;
      try {
        const { action, args } = JSON.parse(body);
        if (!Object.hasOwn(actions, action)) throw new Error(`the bridge has no action ${action}`);
        answer = { value: (await actions[action](args)) ?? null };
      } catch (error) {
        answer = { error: String(error?.message ?? error) };
      }
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
