/** VS Code's own settings about a proxy. */
export interface ProxySettings {
  /** `http.proxy`; empty without one. */
  proxy: string;
  /** `http.noProxy`. */
  noProxy: readonly string[];
  /** `http.proxySupport`. */
  support: string;
}

const names = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'];

/** What a program has to find in its environment so that it takes the proxy of VS Code's settings; the user's own wins. */
export function proxyEnvironment(
  { proxy, noProxy, support }: ProxySettings,
  environment: NodeJS.ProcessEnv,
): Record<string, string> {
  if (proxy === '' || support === 'off' || names.some((name) => environment[name])) return {};
  return { HTTPS_PROXY: proxy, HTTP_PROXY: proxy, ...(noProxy.length > 0 && { NO_PROXY: noProxy.join(',') }) };
}
