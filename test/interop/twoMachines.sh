#!/bin/sh
# Two ranks on two "machines" of one: network namespaces with a host name each and a cable between them. In place of ssh an
# agent enters the namespace; all that ranks send each other goes over TCP. Needs root, ip (iproute2) and MPICH.
#   test/interop/twoMachines.sh FOLDER train-softmax --config my.facenet.json
set -eu
[ "${1-}" = --agent ] || {
  folder=$(cd "$1" && pwd)
  shift
  here=$(cd "$(dirname "$0")/../.." && pwd)
  mpirun=${MPIRUN:-$here/.venv/mpi/mpich/bin/mpirun}
  one=facenet-one-$$ other=facenet-two-$$
  agent=$(mktemp)
  clear() { ip netns del "$one" || true; ip netns del "$other" || true; rm -f "$agent"; }
  trap clear EXIT
  ip netns add "$one"
  ip netns add "$other"
  ip link add cable netns "$one" type veth peer name cable netns "$other"
  ip -n "$one" addr add 10.77.0.1/24 dev cable
  ip -n "$other" addr add 10.77.0.2/24 dev cable
  for name in "$one" "$other"; do
    ip -n "$name" link set lo up
    ip -n "$name" link set cable up
  done
  # mpirun asks for `ssh -x HOST COMMAND`.
  printf '#!/bin/sh\nexec %s --agent %s %s "$@"\n' "$here/test/interop/twoMachines.sh" "$other" "$folder" >"$agent"
  chmod +x "$agent"
  cd "$folder"
  # Without this UCX sees that both run on one kernel, and takes its memory in place of the cable.
  export UCX_TLS=tcp,self
  ip netns exec "$one" unshare -u sh -c 'hostname machine-one; exec "$@"' sh \
    "$mpirun" -launcher ssh -launcher-exec "$agent" -hosts 10.77.0.1,10.77.0.2 -n 2 node "$here/dist/cli.cjs" "$@"
  echo "Sent over the cable: $(ip netns exec "$one" cat /sys/class/net/cable/statistics/tx_bytes) bytes"
  exit
}
other=$2 folder=$3
shift 3
while [ "${1#-}" != "$1" ]; do shift; done
shift
exec ip netns exec "$other" unshare -u sh -c "hostname machine-two; cd '$folder' && $*"
