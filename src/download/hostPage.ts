// What a file host means by a page that it sends in place of the file.

export type HostPage =
  /** "Too large to be scanned for viruses": the form on it leads to the file. */
  | { kind: 'confirm'; url: string }
  /** Too many people have downloaded the file lately. */
  | { kind: 'quota' }
  /** The file is no longer public, or the network asks for a login of its own. */
  | { kind: 'signIn' }
  | { kind: 'other'; title: string };

const entities: Readonly<Record<string, string>> = { amp: '&', quot: '"', lt: '<', gt: '>', apos: "'" };

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|([a-z]{2,4}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities[(name as string).toLowerCase()] ?? whole;
    const code = decimal !== undefined ? Number(decimal) : parseInt(hex as string, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function attribute(tag: string, name: string): string | undefined {
  const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>"']+))`, 'i').exec(tag);
  const value = match?.[1] ?? match?.[2] ?? match?.[3];
  return value === undefined ? undefined : decodeEntities(value);
}

/** A form may lead to the host that sent the page, or to one of the same domain, never from https to http. */
function isSameSite(target: URL, page: URL): boolean {
  if (target.origin === page.origin) return true;
  const domain = (name: string): string => name.split('.').slice(-2).join('.');
  return (
    target.protocol === 'https:' && /[a-z]$/i.test(page.hostname) && domain(target.hostname) === domain(page.hostname)
  );
}

/** The address that the page's download form asks for; undefined where it has none that may be followed. */
function confirmAddress(html: string, pageUrl: string): string | undefined {
  for (const piece of html.split(/(?=<form\b)/i)) {
    if (!/^<form/i.test(piece)) continue;
    const form = piece.split(/<\/form/i, 1)[0]!;
    const tag = form.slice(0, form.indexOf('>') + 1);
    const action = attribute(tag, 'action');
    const isGet = (attribute(tag, 'method') ?? 'get').toLowerCase() === 'get';
    if (action === undefined || !isGet || !URL.canParse(action, pageUrl)) continue;
    const target = new URL(action, pageUrl);
    if (!isSameSite(target, new URL(pageUrl))) continue;
    for (const [input] of form.matchAll(/<input\b[^>]*>/gi)) {
      const name = attribute(input, 'name');
      if (name !== undefined && name !== '') target.searchParams.set(name, attribute(input, 'value') ?? '');
    }
    if (target.searchParams.has('confirm')) return target.href;
  }
  return undefined;
}

/** Tells what a page is; `pageUrl` is the address that it came from, after redirections. Never throws. */
export function readHostPage(html: string, pageUrl: string): HostPage {
  const confirm = confirmAddress(html, pageUrl);
  if (confirm !== undefined) return { kind: 'confirm', url: confirm };
  const title = decodeEntities(/<title[^>]*>([^<]*)/i.exec(html)?.[1] ?? '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 100);
  if (/quota exceeded|too many users have viewed or downloaded/i.test(html)) return { kind: 'quota' };
  if (/sign[ -]?in|log[ -]?in/i.test(title) || /<input\b[^>]*type\s*=\s*["']?password/i.test(html))
    return { kind: 'signIn' };
  return { kind: 'other', title };
}
