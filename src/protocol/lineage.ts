/** One thing in the way from photographs to a report, which a page links to. */
export interface LineageStep {
  kind: 'photographs' | 'faces' | 'run' | 'checkpoint' | 'report';
  name: string;
  /** Of a folder or file; a checkpoint's prefix. */
  path: string;
  /** What the page is about. */
  here?: true;
}

/** What is known of that way; what is not known is left out. */
export type KnownLineage = Partial<Record<LineageStep['kind'], { name: string; path: string }>>;

const order: readonly LineageStep['kind'][] = ['photographs', 'faces', 'run', 'checkpoint', 'report'];

/** The way from photographs to a report, as far as it is known; none where nothing is known beside the thing itself. */
export function lineageOf(known: KnownLineage, here: LineageStep['kind']): LineageStep[] {
  const steps = order.flatMap((kind): LineageStep[] => {
    const thing = known[kind];
    return thing === undefined ? [] : [{ kind, ...thing, ...(kind === here && { here: true as const }) }];
  });
  return steps.length > 1 ? steps : [];
}
