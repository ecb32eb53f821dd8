// Downloads go the way that the machine's own environment names, as those of curl and npm do. Node's own fetch does not.
import { getProxyForUrl } from 'proxy-from-env';

type Fetch = typeof globalThis.fetch;

/** The proxy that HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY name for an address; undefined without one. */
export function proxyFor(url: string): string | undefined {
  return getProxyForUrl(url) || undefined;
}

/** A proxy as it may be told: what it says of a user and a password is left out. */
export function shownProxy(proxy: string): string {
  return proxy.replace(/\/\/[^@/]*@/, '//');
}

/** `fetch` for an address, through the proxy where there is one. */
export async function fetchFor(url: string): Promise<Fetch> {
  const proxy = proxyFor(url);
  if (proxy === undefined) return globalThis.fetch;
  const { ProxyAgent, fetch } = await import('undici');
  const dispatcher = new ProxyAgent(proxy);
  const through = async (address: string, init: object): Promise<unknown> => fetch(address, { ...init, dispatcher });
  return through as unknown as Fetch;
}
