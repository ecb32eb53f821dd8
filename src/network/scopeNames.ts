/** The stack of scopes of one interpreter; turns a variable's own name into its full one. */
export class ScopeNames {
  private readonly stack: string[] = [];

  scope<R>(name: string, build: () => R): R {
    this.stack.push(name);
    try {
      return build();
    } finally {
      this.stack.pop();
    }
  }

  variable(...parts: string[]): string {
    return [...this.stack, ...parts].join('/');
  }
}
