/**
 * The three scripts of a Slurm job, the same for all: what differs stands in `settings.sh`. Beside them they keep `state/` (what
 * was submitted, how often) and `log/`; `<output>/shards/<index>.done` says that a shard has ended well.
 *
 * Source: sbatch(1), squeue(1), scontrol(1); tried with Slurm 22.05.
 */

/** Submits an array of what is missing, in chunks as large as the cluster takes, and after it the collector. */
export const submitScript = `# Submits the shards, and after them collect.sh, which submits again what is missing and merges:
#
#     bash submit.sh            all shards; what an earlier submission did is kept, and gone on with
#     bash submit.sh missing    only those without a result, each again as often as settings.sh says
#
# To stop everything: scancel --name NAME, with the name in settings.sh.
set -euo pipefail
here=$(cd "$(dirname "\${BASH_SOURCE[0]}")" && pwd)
. "$here/settings.sh"
die() { printf '%s: %s\\n' "$name" "$*" >&2; exit 1; }

mode=\${1:-all} # collect.sh says next
case $mode in all | missing | next) ;; *) die "submit.sh: expected all or missing, got '$mode'." ;; esac
command -v sbatch >/dev/null || die 'there is no sbatch here: run this where jobs are submitted, such as a login node.'
cd "$here/$root" || die "$here/$root is not there: settings.sh says that the command runs in it."
mkdir -p "$here/state" "$here/log" "$output/shards"
mkdir "$here/state/lock" 2>/dev/null || die "another submit.sh is at work on $here. If none is: rmdir '$here/state/lock'"
trap 'rmdir "$here/state/lock"' EXIT

# Two arrays on the same folders would be in each other's way.
running=$(squeue --noheader --user="$(id -un)" --format=%F | sort -u |
  grep -Fxf <(cat "$here/state/jobs" 2>/dev/null) | grep -Fxv "\${SLURM_JOB_ID:-none}" || true)
[ -z "$running" ] || die "already submitted, and not ended: job" $running "(squeue shows it). Wait, or: scancel --name $name"

tried=$here/state/tried # a line with the shard for each time it was submitted
if [ "$mode" = all ]; then find "$output/shards" -maxdepth 1 -name '*.done' -delete; fi
if [ "$mode" != next ]; then : >"$tried"; fi
[ -s "$here/state/id" ] || printf '%s-%s-%s\\n' "$name" "$(date +%s)" "$$" >"$here/state/id"

declare -A times
while read -r shard; do times[$shard]=$((\${times[$shard]:-0} + 1)); done <"$tried"
todo=() given_up=()
for ((shard = 0; shard < shards; shard++)); do
  if [ -e "$output/shards/$shard.done" ]; then continue; fi
  if ((\${times[$shard]:-0} < tries)); then todo+=("$shard"); else given_up+=("$shard"); fi
done
if ((\${#todo[@]} == 0 && \${#given_up[@]} > 0)); then
  die "shards without a result after $tries tries: \${given_up[*]:0:20}. Why: $here/log/shard-\${given_up[0]}.txt. To try these again: bash $here/submit.sh missing"
fi

# An array's ids end below MaxArraySize; each task takes the line of its id from the list of its chunk.
limit=$(scontrol show config | awk '$1 == "MaxArraySize" { print $3 }')
((\${limit:=1001} > 0)) || die 'this cluster takes no job arrays (MaxArraySize is 0).'
ids=() refused=0 round=$(wc -l <"$tried")
for ((from = 0; from < \${#todo[@]}; from += limit)); do
  chunk=("\${todo[@]:from:limit}")
  list=$here/state/shards-$round-$from
  printf '%s\\n' "\${chunk[@]}" >"$list"
  options=(--array="0-$((\${#chunk[@]} - 1))\${at_once:+%$at_once}" --output="$here/log/%A_%a.txt")
  # The limit on shards at the same time is one over all chunks.
  if [ -n "$at_once" ] && ((\${#ids[@]} > 0)); then options+=(--dependency="afterany:\${ids[-1]}"); fi
  if id=$(sbatch --parsable --job-name="$name" --chdir="$PWD" "\${sbatch_options[@]}" "\${options[@]}" "$here/shard.sh" "$here" "$list"); then
    ids+=("\${id%%;*}")
    cat "$list" >>"$tried"
  else
    refused=$((\${#todo[@]} - from))
    break
  fi
done
((refused == 0 || \${#ids[@]} > 0)) || die 'Slurm took no shard; what it said is above.'
if ((refused > 0)); then echo "$name: Slurm took all but $refused shards; the collector submits those once the others have ended."; fi

after=()
if ((\${#ids[@]} > 0)); then after=(--dependency="afterany:$(IFS=: && echo "\${ids[*]}")"); fi
collector=$(sbatch --parsable --job-name="$name" --chdir="$PWD" "\${sbatch_options[@]}" "\${after[@]}" --output="$here/log/collect-%j.txt" "$here/collect.sh" "$here")
printf '%s\\n' "\${ids[@]}" "\${collector%%;*}" >"$here/state/jobs"
echo "$name: \${#todo[@]} of $shards shards submitted as job \${ids[*]:-none}; then collect.sh as job \${collector%%;*}. Logs: $here/log"
`;

/** One shard: a task of the array. */
export const shardScript = `# One task of the array: the shard on line SLURM_ARRAY_TASK_ID of a list. Arguments: the folder of this job, the list.
set -uo pipefail
here=$1 list=$2
if [ ! -r "$here/settings.sh" ] || [ ! -r "$list" ]; then
  echo "$here is not seen from $(hostname): it must lie on a file system that all nodes share." >&2
  exit 1
fi
. "$here/settings.sh"
shard=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" "$list")
cd "$here/$root" || exit 1
if [ -z "$shard" ] || ((shard >= shards)); then
  echo "$list has no shard of $shards on line $((SLURM_ARRAY_TASK_ID + 1)): submit with submit.sh." >&2
  exit 1
fi
if [ ! -d "$output/shards" ]; then
  echo "$PWD/$output/shards, made when the job was submitted, is not seen from $(hostname): the output folder must lie on a file system that all nodes share." >&2
  exit 1
fi
ln -sfn "\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID.txt" "$here/log/shard-$shard.txt"
echo "Shard $shard of $shards on $(hostname)."
# A lock that an earlier try of this shard has left on another node may be taken over.
VDA_JOB_ID=$(cat "$here/state/id")/$shard
export VDA_JOB_ID
eval "$setup"
folder=$output
if [ -n "$folders_apart" ]; then folder=$output/shards/$shard; fi
"\${vda[@]}" "\${shard_command[@]}" --shard "$shard/$shards" --output-dir "$folder" || exit
echo "\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" >"$output/shards/$shard.done"
`;

/** Submits again, or merges. */
export const collectScript = `# After the shards: submits those without a result once more, or where none is left puts all together. By hand, where nodes may
# not submit jobs: bash collect.sh
set -euo pipefail
here=\${1:-$(cd "$(dirname "\${BASH_SOURCE[0]}")" && pwd)}
. "$here/settings.sh"
cd "$here/$root"
for ((shard = 0; shard < shards; shard++)); do
  if [ ! -e "$output/shards/$shard.done" ]; then exec bash "$here/submit.sh" next; fi
done
VDA_JOB_ID=$(cat "$here/state/id")/collect
export VDA_JOB_ID
eval "$setup"
"\${vda[@]}" "\${collect_command[@]}" --output-dir "$output"
echo "$name: all $shards shards are in $output."
`;
