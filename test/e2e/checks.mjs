// Counts what held and what did not; the closing line is what `npm test` reads.

/** A list of checks: each runs on its own, a failed one does not stop the next. */
export class Checks {
  passed = 0;
  failed = 0;
  skipped = 0;
  #started = performance.now();

  /** Runs `body`; `onFailure` may add evidence, e.g. a picture. Returns whether it held. */
  async check(name, body, onFailure) {
    const started = performance.now();
    try {
      await body();
      this.passed++;
      console.log(`ok      ${name} (${seconds(started)})`);
      return true;
    } catch (error) {
      this.failed++;
      console.log(`FAILED  ${name} (${seconds(started)})\n${indent(error?.stack ?? String(error))}`);
      await onFailure?.()?.catch?.((reason) => console.log(`        no evidence: ${reason.message}`));
      return false;
    }
  }

  /** Checks the steps of a walk, `[name, body]`, one after the other; what follows a failed one is skipped. */
  async walk(steps, evidence) {
    let broken;
    for (const [name, step] of steps) {
      if (broken !== undefined) this.skip(name, `needs "${broken}"`);
      else if (!(await this.check(name, step, evidence))) broken = name;
    }
  }

  skip(name, reason) {
    this.skipped++;
    console.log(`skipped ${name}: ${reason}`);
  }

  /** Prints the closing line and sets the exit status. */
  close() {
    console.log(`(${seconds(this.#started)})`);
    console.log(`${this.passed} passed, ${this.failed} failed, ${this.skipped} skipped`);
    process.exitCode = this.failed > 0 ? 1 : 0;
  }
}

function seconds(started) {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}

function indent(text) {
  return text.replace(/^/gm, '        ');
}
