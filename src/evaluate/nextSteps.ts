import type { NextStep, Verdict } from '../protocol/verdict';

/** What is worth doing after a verdict, or without one; the most useful step first. */
export function nextSteps(verdict: Verdict | undefined): NextStep[] {
  switch (verdict?.kind) {
    case undefined:
    case 'incomparable':
      return ['validate'];
    case 'better':
      return ['tryOnPhotographs', 'export', 'trainLonger', 'harderPairs'];
    case 'worse':
    case 'collapsed':
      return ['trainAgain', 'validate'];
    case 'unchanged':
      return verdict.reason === undefined ? ['trainLonger', 'harderPairs'] : ['harderPairs', 'trainLonger'];
  }
}
