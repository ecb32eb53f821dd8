import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gpuOfRank, launchOf } from '../../../src/mpi/launcher';

test('a launcher is known by its variables, and one task is none', () => {
  const openMpi = { OMPI_COMM_WORLD_SIZE: '4', OMPI_COMM_WORLD_LOCAL_RANK: '1' };
  assert.deepEqual(launchOf(openMpi), { launcher: 'mpirun of Open MPI', tasks: 4, localRank: 1 });
  assert.deepEqual(launchOf({ PMI_SIZE: '2', MPI_LOCALRANKID: '0' }), { launcher: 'mpirun', tasks: 2, localRank: 0 });
  const slurm = { SLURM_NTASKS: '8', SLURM_LOCALID: '3' };
  assert.deepEqual(launchOf(slurm), { launcher: 'Slurm', tasks: 8, localRank: 3 });
  assert.equal(launchOf({ SLURM_NTASKS: '8' })?.localRank, undefined);
  // An mpirun in a Slurm job speaks for itself.
  assert.equal(launchOf({ ...slurm, PMI_SIZE: '1' }), undefined);
  assert.equal(launchOf({ ...slurm, ...openMpi })?.tasks, 4);
  for (const none of [{}, { PMI_SIZE: '1' }, { PMI_SIZE: 'two' }, { SLURM_NTASKS: '' }])
    assert.equal(launchOf(none), undefined);
});

test('each rank of a machine has a GPU of those that it may see', () => {
  assert.equal(gpuOfRank(2, undefined, 4), '2');
  assert.equal(gpuOfRank(5, undefined, 4), '1');
  assert.equal(gpuOfRank(1, '4, 6', 8), '6');
  // Nothing to choose from, or chosen by the launcher.
  for (const [visible, gpus] of [
    [undefined, 0],
    [undefined, 1],
    ['3', 8],
    ['', 8],
  ] as const)
    assert.equal(gpuOfRank(1, visible, gpus), undefined);
});
