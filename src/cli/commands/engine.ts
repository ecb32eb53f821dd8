import type { EngineList } from '../../protocol/engines';
import { nativePackages, type NativePackage } from '../../engine/nativePackage';
import { type Command, type CommandContext, type CommandOptions, type CommandOutput, printJson } from '../command';
import { runDoctor } from './doctor';

async function list(json: boolean, output: CommandOutput): Promise<number> {
  const { probeAll, chooseEngine } = await import('../../engine/trainingEngine');
  const probed = await probeAll();
  const { name: chosen } = chooseEngine('auto', probed);
  const engines: EngineList['engines'] = [
    ...probed.map(({ candidate, result }) => ({
      name: candidate.name,
      folder: candidate.folder,
      state: result.loads
        ? `TensorFlow ${result.description.tensorflow} on the ${result.description.gpu ? 'GPU' : 'CPU'}`
        : `does not load: ${result.reason}`,
    })),
    { name: 'wasm', folder: '', state: 'embedded; always there' },
  ];
  const answer: EngineList = { engines, chosen };
  if (json) printJson(output, answer);
  else {
    for (const { name, folder, state } of engines) {
      output.line(`${name === chosen ? '*' : ' '} ${name.padEnd(14)} ${state}${folder === '' ? '' : ` (${folder})`}`);
    }
  }
  return 0;
}

async function install(options: CommandOptions, { output, signal }: CommandContext): Promise<number> {
  const { installNative } = await import('../../engine/installNative');
  const { candidate, description } = await installNative({
    name: options.package as NativePackage,
    tensorflow: options.tensorflow as string | undefined,
    python: options.python as string | undefined,
    libtensorflow: options.libtensorflow as string | undefined,
    into: options.into as string | undefined,
    signal,
    onLine: (line) => output.line(line),
  });
  const { tensorflow, gpu } = description;
  output.line(`TensorFlow ${tensorflow} is ready, on the ${gpu ? 'GPU' : 'CPU'} (${candidate.folder}).`);
  return 0;
}

export const command: Command = {
  name: 'engine',
  summary: 'List, install or examine the engines that train.',
  configure(parser) {
    const actions = parser.add_subparsers({ dest: 'action', required: true, metavar: 'ACTION' });
    const listing = actions.add_parser('list', { help: 'the engines found; * marks the one that "auto" takes' });
    const looking = actions.add_parser('doctor', { help: 'the same as "facenet doctor"' });
    const installing = actions.add_parser('install', {
      help: 'install TensorFlow for training, outside the workbench',
    });
    installing.add_argument('--package', {
      choices: [...nativePackages],
      default: 'tfjs-node-gpu',
      help: 'npm package below @tensorflow (default: %(default)s)',
    });
    installing.add_argument('--tensorflow', {
      metavar: 'DIR',
      help: 'build against the TensorFlow of your Python: its folder or that of the virtual environment (Linux)',
    });
    installing.add_argument('--python', {
      metavar: 'PYTHON',
      help: 'build against the TensorFlow that this Python imports, e.g. python3 or .venv/bin/python (Linux)',
    });
    installing.add_argument('--libtensorflow', {
      metavar: 'DIR',
      help: 'build against an unpacked libtensorflow, a folder with include/ and lib/ (Linux, macOS)',
    });
    installing.add_argument('--into', { metavar: 'DIR', help: 'where to install (default: ~/.facenet/engine)' });
    for (const action of [listing, looking])
      action.add_argument('--json', { action: 'store_true', help: 'print as JSON' });
  },
  async run(options, context) {
    if (options.action === 'install') return install(options, context);
    const json = options.json === true;
    return options.action === 'list' ? list(json, context.output) : runDoctor(json, context.output);
  },
};
