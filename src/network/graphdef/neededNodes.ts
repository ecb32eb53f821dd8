import type { NodeDef } from './schema';

/**
 * The nodes that some results are made of, in their order.
 * @param results as `name`, `name:k` or `^name`
 */
export function neededNodes(nodes: readonly NodeDef[], results: Iterable<string>): NodeDef[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const needed = new Set<NodeDef>();
  const ahead = [...results];
  for (let result = ahead.pop(); result !== undefined; result = ahead.pop()) {
    const node = byName.get(result.replace(/^\^/, '').replace(/:\d+$/, ''));
    if (node === undefined || needed.has(node)) continue;
    needed.add(node);
    ahead.push(...node.input);
  }
  return nodes.filter((node) => needed.has(node));
}
