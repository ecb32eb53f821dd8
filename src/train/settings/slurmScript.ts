// A training as a batch script for Slurm.
import { isAbsolute, relative, sep } from 'node:path';

export interface SlurmTraining {
  /** What the job is called; anything but letters, digits, dots and dashes becomes a dash. */
  title: string;
  /** Folder that the job works in, as the cluster knows it: its runs lie in `.facenet/runs` there. */
  root: string;
  /** Run configuration; one in `root` is named from there. */
  configuration: string;
  /** Processors of the job. */
  processors?: number;
}

/**
 * The script: one task with a GPU, whose training goes on after a preemption and beyond the job's time. It is asked to stop ten minutes before
 * its end, saves, and is put into the queue again; the job's number finds its run folder.
 */
export function slurmScript({ title, root, configuration, processors = 8 }: SlurmTraining): string {
  const name = title.replace(/[^\p{L}\p{N}.-]+/gu, '-').replace(/^-+|-+$/g, '') || 'facenet';
  return `#!/bin/bash
#SBATCH --job-name=${name}
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=${processors}
#SBATCH --gpus=1
#SBATCH --mem=32G
#SBATCH --time=24:00:00
#SBATCH --requeue
#SBATCH --signal=B:TERM@600
#SBATCH --open-mode=append
#SBATCH --output=${name}-%j.log
#
# sbatch THIS [flags of facenet train-softmax]
#
# Asked to stop before its time is over, or when it is preempted, the training saves what it has and the job goes into the
# queue again; it then goes on in the same run folder.
set -uo pipefail

# The folder as the cluster's machines know it; its runs lie in .facenet/runs.
cd ${quoted(root)} || exit 1
mkdir -p .facenet
place=".facenet/slurm-$SLURM_JOB_ID"

if [[ -s $place ]]; then
  run=(--resume "$(<"$place")")
else
  run=(--config ${quoted(within(root, configuration))} "$@")
fi

keep_place() {
  while IFS= read -r line; do
    printf '%s\\n' "$line"
    case $line in 'Run folder: '*) printf '%s\\n' "\${line#Run folder: }" > "$place" ;; esac
  done
}

asked=0
facenet train-softmax "\${run[@]}" > >(keep_place) &
training=$!
trap 'asked=$((asked + 1)); kill -TERM "$training"' TERM

# A signal ends the waiting, not the training.
while :; do
  before=$asked
  code=0
  wait "$training" || code=$?
  [[ $before -eq $asked ]] && break
done

if [[ $asked -gt 0 && $code -eq 130 ]]; then
  scontrol requeue "$SLURM_JOB_ID"
elif [[ $code -eq 0 ]]; then
  rm -f "$place"
fi
exit "$code"
`;
}

/** A path as the job types it, that works in `root`. */
function within(root: string, path: string): string {
  const way = isAbsolute(path) ? relative(root, path) : path;
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way) ? path : way.split(sep).join('/');
}

/** A text as one word of the shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
