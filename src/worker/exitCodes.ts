/** Exit codes of the worker's processes by how their job ended. */
export const exitCodes = { done: 0, failed: 1, usage: 2, stopped: 130 } as const;
