import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { libraryCandidates } from '../../../src/mpi/library';

const files = new Set([
  '/opt/a/bin/mpirun',
  '/opt/b/bin/mpirun',
  '/opt/a/lib/libmpi.so.40',
  '/opt/b/lib/libmpi_abi.so.1',
]);
const exists = (path: string): boolean => files.has(path);
const environment = { PATH: ['/usr/bin', '/opt/a/bin'].join(':') };

test('the library beside the launcher comes first, then that of the mpirun in PATH, then what the loader finds', () => {
  const found = libraryCandidates(environment, '/opt/b/bin', exists);
  assert.deepEqual(found.slice(0, 2), ['/opt/b/lib/libmpi_abi.so.1', join('/opt/a/lib', 'libmpi.so.40')]);
  assert.ok(found.includes('libmpi.so.40'));
  assert.equal(new Set(found).size, found.length);
});

test('under Open MPI its own library is looked for before the standard interface', () => {
  const [first] = libraryCandidates({ OMPI_COMM_WORLD_SIZE: '2', PATH: '' }, undefined, exists);
  assert.equal(first, 'libmpi.so.40');
});

test('FACENET_MPI names it alone', () => {
  assert.deepEqual(libraryCandidates({ ...environment, FACENET_MPI: '/x/libmpi.so' }, '/opt/b/bin', exists), [
    '/x/libmpi.so',
  ]);
});
