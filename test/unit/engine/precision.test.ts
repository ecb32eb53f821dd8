import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseComputeCapability } from '../../../src/engine/gpu';
import { computingEnvironment } from '../../../src/engine/loadNative';
import { requireTf32 } from '../../../src/engine/tf32';
import { UserError } from '../../../src/protocol/errors';

test('settings become the environment in which TensorFlow is loaded', () => {
  assert.deepEqual(computingEnvironment({ precision: 'float32', xla: 'off' }, {}), {});
  assert.deepEqual(computingEnvironment({ precision: 'bfloat16', xla: 'off' }, {}), {});
  assert.deepEqual(computingEnvironment({ precision: 'tf32', xla: 'off' }, { NVIDIA_TF32_OVERRIDE: '0' }), {
    NVIDIA_TF32_OVERRIDE: '1',
  });
  const { TF_XLA_FLAGS } = computingEnvironment({ precision: 'float32', xla: 'on' }, { TF_XLA_FLAGS: '--own=1' });
  assert.equal(TF_XLA_FLAGS, '--own=1 --tf_xla_auto_jit=2 --tf_xla_cpu_global_jit');
});

test('the compute capability is that of the best card', () => {
  assert.equal(parseComputeCapability('7.5\n9.0\n'), 9);
  assert.equal(parseComputeCapability('Field "compute_cap" is not a valid field to query.\n'), undefined);
});

test('TF32 is refused where there is none, and told where the environment alone asks for it', async () => {
  const gpu = { gpu: true, description: 'TensorFlow on the GPU' };
  const cpu = { gpu: false, description: 'TensorFlow on the CPU' };
  const tf32 = { precision: 'tf32' } as const;
  const of = (capability: number | undefined) => async () => Promise.resolve(capability);
  assert.equal(await requireTf32(tf32, gpu, of(8), {}), undefined);
  assert.equal(await requireTf32(tf32, gpu, of(undefined), {}), undefined);
  await assert.rejects(requireTf32(tf32, gpu, of(7.5), {}), UserError);
  await assert.rejects(requireTf32(tf32, cpu, of(undefined), {}), /TensorFlow on the CPU has none/);
  const plain = { precision: 'float32' } as const;
  assert.equal(await requireTf32(plain, gpu, of(8), { NVIDIA_TF32_OVERRIDE: '0' }), undefined);
  assert.match(
    (await requireTf32(plain, gpu, of(8), { NVIDIA_TF32_OVERRIDE: '1' }))!,
    /although the precision is float32/,
  );
  assert.equal(await requireTf32(plain, cpu, of(8), { NVIDIA_TF32_OVERRIDE: '1' }), undefined);
});
