import { setImmediate } from 'node:timers/promises';

/**
 * Turns of the event loop from the moment that a window connects until its request has been carried out: accepting the
 * connection, reading, parsing and dispatching take one each, with some to spare.
 */
const turns = 10;

/**
 * Lets signals and requests on the control socket be carried out now. Called between units of work that hold the event
 * loop for seconds; with one turn between two of them a stop would wait for several units. Takes microseconds when
 * nobody asks for anything.
 */
export async function heedRequests(): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await setImmediate();
}
