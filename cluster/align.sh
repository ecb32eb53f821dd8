#!/bin/bash
# Submits an alignment as an array, and the merging behind it:
#
#   cluster/align.sh PHOTOS FACES [flags of facenet align]
#
# TASKS is the number of parts, default 8. What comes after the alignment can wait for the job whose number is printed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
array=$(sbatch --parsable --array="1-${TASKS:-8}" "$here/align-array.sbatch" "$@")
# On a cluster of clusters the number has the cluster's name behind it.
merge=$(sbatch --parsable --dependency="afterok:${array%%;*}" --kill-on-invalid-dep=yes "$here/merge.sbatch" "$2")
echo "${merge%%;*}"
