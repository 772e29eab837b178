#!/usr/bin/env bash
# Runs a command while a Slurm of this one machine is up, on loopback alone and as root, in a folder that goes with it:
#
#     scripts/with-slurm.sh COMMAND…          such as: scripts/with-slurm.sh srun -n 2 hostname
#
# For tests: it authenticates nobody. SLURM_MAX_ARRAY sets MaxArraySize (1001), SLURM_CPUS the processors that jobs may use (all).
# Ends as the command does; with 77 where Slurm is not installed (Debian: apt-get install slurmctld slurmd slurm-client).
# Source of the settings: slurm.conf(5); tried with Slurm 22.05, on Debian 12 without systemd.
set -euo pipefail
[ $# -gt 0 ] || { echo 'usage: scripts/with-slurm.sh COMMAND…' >&2; exit 2; }
export PATH=$PATH:/usr/sbin:/sbin
for program in slurmctld slurmd sbatch squeue scontrol sinfo; do
  command -v "$program" >/dev/null || { echo "there is no $program: Slurm is not installed" >&2; exit 77; }
done
[ "$(id -u)" = 0 ] || { echo 'a Slurm of one machine needs root' >&2; exit 77; }

folder=$(mktemp -d)
host=$(hostname -s)
cpus=${SLURM_CPUS:-$(nproc)}
mkdir "$folder/state" "$folder/spool"
# Ports nobody listens at, for several of these may be up.
free_port() {
  local port
  while port=$((20000 + RANDOM % 20000)); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}
cat >"$folder/slurm.conf" <<CONF
ClusterName=one
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthType=auth/none
CredType=cred/none
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
ProctrackType=proctrack/linuxproc
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=1,sched_interval=1,bf_interval=1
MaxArraySize=${SLURM_MAX_ARRAY:-1001}
ReturnToService=2
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus
PartitionName=test Nodes=ALL Default=YES State=UP
CONF
export SLURM_CONF=$folder/slurm.conf

down() {
  scancel --user="$(id -un)" 2>/dev/null || true
  for daemon in slurmd slurmctld; do
    if [ -s "$folder/$daemon.pid" ]; then kill "$(cat "$folder/$daemon.pid")" 2>/dev/null || true; fi
  done
  for _ in $(seq 50); do
    if [ ! -e "$folder/slurmctld.pid" ] && [ ! -e "$folder/slurmd.pid" ]; then break; fi
    sleep 0.1
  done
  rm -rf "$folder"
}
trap down EXIT
slurmctld
slurmd
for _ in $(seq 100); do
  if sinfo --noheader --format=%T 2>/dev/null | grep -q idle; then ready=1 && break; fi
  sleep 0.1
done
if [ -z "${ready:-}" ]; then
  echo 'Slurm did not come up:' >&2
  tail -n 20 "$folder"/*.log >&2
  exit 1
fi
"$@"
