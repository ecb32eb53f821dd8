import { constantType, type AttributeValue, type ConstantValue, type NodeDef } from './schema';

/** Collects nodes in the order in which they are asked for, inputs before users, each under a name of its own. */
export class GraphBuilder {
  readonly nodes: NodeDef[] = [];
  private readonly taken = new Set<string>();
  private readonly nextSuffix = new Map<string, number>();

  /** Adds a node; its name is `wanted`, or with the first free `_1`, `_2` … behind it, as TensorFlow numbers them. */
  add(
    op: string,
    wanted: string,
    input: readonly string[] = [],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    device?: string,
  ): string {
    const name = this.free(wanted);
    this.nodes.push({ name, op, input, attributes, ...(device !== undefined && { device }) });
    return name;
  }

  /** Adds a node that others know by its name. @throws Error when the name is taken */
  addNamed(
    op: string,
    name: string,
    input: readonly string[] = [],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): string {
    if (this.taken.has(name)) throw new Error(`the graph already has a node ${name}`);
    return this.add(op, name, input, attributes);
  }

  constant(wanted: string, value: ConstantValue): string {
    return this.add('Const', wanted, [], { dtype: { type: constantType(value) }, value: { constant: value } });
  }

  private free(wanted: string): string {
    let name = wanted;
    let suffix = this.nextSuffix.get(wanted) ?? 1;
    while (this.taken.has(name)) name = `${wanted}_${suffix++}`;
    this.nextSuffix.set(wanted, suffix);
    this.taken.add(name);
    return name;
  }
}
