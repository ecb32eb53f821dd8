import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { missingSymbols, neededSymbols } from '../../../src/engine/install/neededSymbols';
import { checkDisk, checkPrograms, findProgram } from '../../../src/engine/install/prerequisites';
import { runProgram } from '../../../src/engine/install/runProgram';
import { checkReplaceable, commitStaging, discardStaging, openStaging } from '../../../src/engine/install/stagedFolder';
import {
  addonFolder,
  checkStockDownload,
  placeWindowsLibrary,
  stockFailure,
  stockLibraryUrl,
} from '../../../src/engine/install/stockLibrary';
import {
  checkSource,
  findTensorflowFolder,
  libTensorFlow,
  linkSource,
  pipTensorFlow,
  tensorFlowOfPython,
} from '../../../src/engine/install/tensorflowSource';
import { StoppedError, UserError } from '../../../src/protocol/errors';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

const posix = process.platform === 'win32' && 'links, signals and shells of POSIX';

let folder = '';
beforeEach(() => (folder = temporaryFolder()));

/** For assert.throws: the whole sentence, with what to do. */
const says =
  (pattern: RegExp) =>
  (error: unknown): boolean =>
    error instanceof UserError && pattern.test(error.sentence);

function write(path: string, text = ''): string {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  return file;
}

test('functions are found in listings of several libraries, with and without versions', () => {
  const line = (name: string, index: number): string =>
    `00000000013a${index} T ${name}${index % 2 === 0 ? '' : '@@tensorflow'}`;
  const half = neededSymbols.length >> 1;
  const listings = [neededSymbols.slice(0, half), neededSymbols.slice(half)].map((names) => names.map(line).join('\n'));
  assert.equal(neededSymbols.length, 55);
  assert.deepEqual(missingSymbols(listings), []);
  assert.deepEqual(missingSymbols([listings[0]!, listings[1]!.replace('T TF_Version', 'U TF_Version')]), [
    'TF_Version',
  ]);
  assert.deepEqual(missingSymbols(['000 T TF_VersionX']), [...neededSymbols]);
});

/** A pip TensorFlow below a virtual environment; its libraries are empty. */
function virtualEnvironment(): string {
  for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) {
    write(`venv/lib/python3.11/site-packages/tensorflow/${name}`);
  }
  for (const name of ['c_api', 'tf_datatype', 'tf_status', 'tf_tensor', 'eager/c_api']) {
    write(`venv/lib/python3.11/site-packages/tensorflow/include/tensorflow/c/${name}.h`);
  }
  return join(folder, 'venv');
}

test('a TensorFlow is found as itself and in its virtual environment', () => {
  const environment = virtualEnvironment();
  const tensorflow = join(environment, 'lib/python3.11/site-packages/tensorflow');
  assert.equal(findTensorflowFolder(environment), tensorflow);
  assert.equal(findTensorflowFolder(tensorflow), tensorflow);
  assert.throws(() => findTensorflowFolder(folder), says(/holds no TensorFlow.*get_lib/));
});

test('a Python is asked where its TensorFlow is', { skip: posix }, async () => {
  const tensorflow = join(virtualEnvironment(), 'lib/python3.11/site-packages/tensorflow');
  const python = (name: string, script: string): string => {
    const file = write(name, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    return file;
  };
  const found = await tensorFlowOfPython(python('with', `echo a warning >&2; echo ${tensorflow}`));
  assert.equal(found.folder, tensorflow);
  await assert.rejects(tensorFlowOfPython(python('without', 'echo')), says(/has no TensorFlow\. Install it with/));
  await assert.rejects(tensorFlowOfPython(python('broken', 'echo no module >&2; exit 1')), says(/\(no module\)/));
});

test('what is wrong with a TensorFlow is said: headers, functions, libraries', { skip: posix }, async () => {
  const environment = virtualEnvironment();
  const source = pipTensorFlow(environment);
  // An empty file is no library.
  await assert.rejects(checkSource(source), /is no library that can be linked/);
  const header = join(source.include, 'tensorflow/c/eager');
  const bare = { ...source, include: join(folder, 'nothing') };
  await assert.rejects(checkSource(bare), /lacks the header include\/tensorflow\/c\/c_api\.h/);
  assert.ok(existsSync(header));
  // A real library that is not TensorFlow.
  const library = findProgram(['sh']);
  await assert.rejects(
    checkSource({ ...source, libraries: { 'libtensorflow.so': library! } }),
    /lacks functions that the addon calls: TFE_ContextListDevices.* and 52 more/,
  );
  await assert.rejects(
    checkSource({ ...source, libraries: { 'libtensorflow.so': '/no/such.so' } }),
    /such\.so is missing/,
  );
});

test("NVIDIA's packages are linked to where a GPU wheel looks for them", { skip: posix }, async () => {
  const source = pipTensorFlow(virtualEnvironment());
  const place = join(folder, 'package');
  await linkSource(place, source);
  assert.equal(readlinkSync(join(place, 'deps/nvidia')), join(source.folder, '..', 'nvidia'));
  assert.equal(readlinkSync(join(place, 'deps/lib/libtensorflow.so')), join(source.folder, 'libtensorflow_cc.so.2'));
  assert.equal(readlinkSync(join(place, 'deps/include')), source.include);
});

test('a libtensorflow is taken with the names that the linker asks for', { skip: posix }, () => {
  const extension = process.platform === 'darwin' ? 'dylib' : 'so';
  for (const name of ['libtensorflow', 'libtensorflow_framework']) write(`own/lib/${name}.${extension}.2.18.0`);
  const { libraries, include } = libTensorFlow(join(folder, 'own'));
  assert.equal(include, join(folder, 'own', 'include'));
  assert.equal(libraries[`libtensorflow.${extension}`], join(folder, `own/lib/libtensorflow.${extension}.2.18.0`));
  assert.ok(Object.hasOwn(libraries, `libtensorflow_framework.${extension}.2.18.0`));
  assert.throws(() => libTensorFlow(folder), says(/holds no libtensorflow.*--python/));
});

test('programs that a build needs are named before anything is downloaded', { skip: posix }, async () => {
  const bin = (...names: string[]): NodeJS.ProcessEnv => {
    names.forEach((name) => write(`bin/${name}`));
    return { PATH: join(folder, 'bin') };
  };
  assert.throws(() => checkPrograms(false, { PATH: '' }), /npm is not on the PATH/);
  const withNpm = bin('npm');
  checkPrograms(false, withNpm);
  assert.throws(() => checkPrograms(true, withNpm), /python3, make, g\+\+, nm must be installed/);
  assert.throws(() => checkPrograms(true, bin('npm', 'python3', 'make', 'nm')), /addon g\+\+ must be installed/);
  checkPrograms(true, bin('npm', 'python3', 'make', 'nm', 'clang++'));
  checkPrograms(true, { ...bin('my-c++'), CXX: 'my-c++ -m64' });
  await checkDisk(join(folder, 'not', 'there', 'yet'), 1);
  await assert.rejects(checkDisk(folder, 2 ** 60), /MB left; the engine needs about/);
});

test('an engine is replaced as a whole, and what an interrupted installation left is cleared', async () => {
  const engine = join(folder, 'engine');
  write('engine/package.json', '{ "dependencies": { "@tensorflow/tfjs-node": "4.22.0" } }');
  write('engine/node_modules/old');
  checkReplaceable(engine);
  write('engine.installing/installer.pid', '0');
  write('engine.installing/rubbish');
  const staging = await openStaging(engine);
  assert.ok(!existsSync(join(staging, 'rubbish')));
  writeFileSync(join(staging, 'new'), '');
  await discardStaging(engine);
  assert.ok(existsSync(join(engine, 'node_modules/old')) && !existsSync(staging));

  writeFileSync(join(await openStaging(engine), 'new'), '');
  await commitStaging(engine);
  assert.ok(existsSync(join(engine, 'new')) && !existsSync(join(engine, 'node_modules')));
  for (const rest of ['engine.installing', 'engine.previous', 'engine/installer.pid']) {
    assert.ok(!existsSync(join(folder, rest)), rest);
  }
});

test('an engine that was between two names gets its own back', async () => {
  write('engine.previous/node_modules/old');
  await openStaging(join(folder, 'engine'));
  assert.ok(existsSync(join(folder, 'engine/node_modules/old')));
});

test('a folder with anything else in it and one at which another installation works are left alone', async () => {
  write('work/package.json', '{ "dependencies": { "left-pad": "1" } }');
  assert.throws(() => checkReplaceable(join(folder, 'work')), says(/holds more than an engine \(left-pad\).*--into/));
  write('notes/diary.txt');
  assert.throws(() => checkReplaceable(join(folder, 'notes')), /diary\.txt/);
  write('engine.installing/installer.pid', String(process.ppid));
  await assert.rejects(openStaging(join(folder, 'engine')), /Another installation/);
});

test("Windows' library goes beside the addon, whatever the running Node's N-API version", async () => {
  write('package/lib/napi-v8/tfjs_binding.node');
  write('package/lib/napi-v9/tensorflow.dll', 'link of the script');
  write('package/deps/lib/tensorflow.dll', 'library');
  const place = join(folder, 'package');
  assert.equal(addonFolder(place), join(place, 'lib', 'napi-v8'));
  await placeWindowsLibrary(place);
  assert.equal(readFileSync(join(place, 'lib/napi-v8/tensorflow.dll'), 'utf8'), 'library');
});

test('the stock TensorFlow is asked for where its script will ask', () => {
  const at = (environment: NodeJS.ProcessEnv, platform = 'linux', arch = 'x64'): string | undefined =>
    stockLibraryUrl('tfjs-node-gpu', { platform, arch, environment });
  const path = 'tensorflow/libtensorflow/libtensorflow-gpu-linux-x86_64-2.9.1.tar.gz';
  assert.equal(at({}), `https://storage.googleapis.com/${path}`);
  assert.equal(at({ TFJS_NODE_CDN_STORAGE: 'http://mirror/' }), `http://mirror/${path}`);
  assert.equal(
    at({ TFJS_NODE_BASE_URI: 'http://mirror/tf-' }, 'win32'),
    'http://mirror/tf-gpu-windows-x86_64-2.9.1.zip',
  );
  assert.equal(at({}, 'darwin', 'arm64'), undefined);
});

test('a download that fails is one sentence with the other ways', async () => {
  const answers: RequestListener[] = [(_, answer) => answer.writeHead(404).end(), () => undefined];
  const server = createServer((request, answer) => answers.shift()!(request, answer));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const saved = { ...process.env };
  for (const name of ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy']) delete process.env[name];
  process.env.TFJS_NODE_CDN_STORAGE = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const needsUrl = stockLibraryUrl('tfjs-node') !== undefined;
  try {
    if (needsUrl) {
      await assert.rejects(
        checkStockDownload('tfjs-node'),
        /cannot be downloaded from 127\.0\.0\.1:\d+: the server answers 404/,
      );
      await assert.rejects(checkStockDownload('tfjs-node', undefined, 200), says(/: no answer\..*--python/));
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await assert.rejects(checkStockDownload('tfjs-node'), says(/ECONNREFUSED.*HTTPS_PROXY/));
    }
  } finally {
    server.close();
    process.env = saved;
  }
  const printed = ['> install', 'Error: getaddrinfo ENOTFOUND storage.googleapis.com', '    at x', 'npm error code 1'];
  assert.match(stockFailure(printed).sentence, /getaddrinfo ENOTFOUND storage\.googleapis\.com.*--libtensorflow/s);
  assert.match(stockFailure([]).sentence, /without a word/);
});

test('lines arrive whole, and an end with an error is told', async () => {
  const heard: string[] = [];
  const script = `process.stdout.write('one\\rtw'); setTimeout(() => { process.stdout.write('o\\n\\nthree'); process.exit(3) }, 50)`;
  const end = await runProgram(process.execPath, ['-e', script], {
    onLine: (line) => heard.push(line),
  });
  assert.deepEqual(end, { code: 3, lines: ['one', 'two', 'three'] });
  assert.deepEqual(heard, end.lines);
  if (process.platform !== 'win32') await assert.rejects(runProgram('/no/such', []), /cannot be started: .*ENOENT/);
});

test('stopping ends the whole tree of processes', { skip: posix }, async () => {
  const stop = new AbortController();
  let grandchild = 0;
  const onLine = (line: string): void => {
    grandchild = Number(line);
    stop.abort();
  };
  await assert.rejects(
    runProgram('sh', ['-c', 'sleep 1000 & echo $!; wait'], { signal: stop.signal, onLine }),
    StoppedError,
  );
  assert.ok(grandchild > 0);
  // A process that has ended may wait for a moment to be collected.
  const state = (): string => {
    try {
      return process.platform === 'linux' ? readFileSync(`/proc/${grandchild}/stat`, 'utf8').split(' ')[2]! : '';
    } catch {
      return 'gone';
    }
  };
  for (let tries = 0; tries < 50 && !['gone', 'Z', ''].includes(state()); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.ok(['gone', 'Z', ''].includes(state()), state());
});

test('links are no hindrance to finding a program', { skip: posix }, () => {
  write('real/tool');
  mkdirSync(join(folder, 'bin'));
  symlinkSync(join(folder, 'real/tool'), join(folder, 'bin/tool'));
  assert.equal(findProgram(['other', 'tool'], { PATH: join(folder, 'bin') }), join(folder, 'bin/tool'));
});
