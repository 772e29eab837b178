#!/bin/sh
# The attack lab: every attack under every profile on every model, any part of the texts on any machine.
#
#     MODELS="runs/standard runs/freelb runs/vda" MLM=models/minilm ENCODER=models/minilm TEST_FILE=mr/test.tsv \
#       sh recipes/attack-lab.sh 0/4        # the first of four parts of the texts; 0/1, the default, is all of them
#     … sh recipes/attack-lab.sh tables     # once every part lies in $OUT: parts put together, transfer, tables
#
# MODELS    folders of `vda train`, or models of the hub; the first is the baseline
# MLM       masked language model that proposes words
# ENCODER   sentence encoder that the profiles ask
# TEST_FILE labelled texts, of which TEXTS (default: 1000) are drawn
# RECIPES, PROFILES   by default those below; OUT: by default runs/attack-lab; VDA: by default vda
# ATTACK_OPTIONS, REPORT_OPTIONS   more options of `vda attack` and of `vda report`
# PARTIAL   --partial: tables of the parts and attacks that are there
#
# The same command goes on after any stop, kill -9 included. Parts of other machines are copied into the same $OUT:
# $OUT/MODEL/RECIPE-PROFILE/part-i-of-n. All machines must have the same files and versions; processors of one kind, should the
# last bits of every logit be alike too.
set -eu
: "${MODELS:?folders of the models}" "${MLM:?}" "${ENCODER:?}" "${TEST_FILE:?}"
vda=${VDA:-vda}
out=${OUT:-runs/attack-lab}
recipes=${RECIPES:-deepwordbug random pwws textfooler bert-attack ensemble}
profiles=${PROFILES:-strict uniform}
part=${1:-0/1}
failed=0

cell() { printf '%s/%s/%s-%s' "$out" "$(basename "$1")" "$2" "$3"; } # model, recipe, profile

attack_all() {
  for profile in $profiles; do
    # Only these two compare sentences: elsewhere an encoder is refused, as of no effect.
    case $profile in strict | uniform) encoder="--encoder $ENCODER" ;; *) encoder= ;; esac
    for recipe in $recipes; do
      for model in $MODELS; do
        folder="$(cell "$model" "$recipe" "$profile")/part-${part%/*}-of-${part#*/}"
        $vda attack --model "$model" --mlm "$MLM" $encoder --test-file "$TEST_FILE" \
          --num-examples "${TEXTS:-1000}" --recipe "$recipe" --profile "$profile" --shard "$part" \
          ${ATTACK_OPTIONS:-} --output-dir "$folder" || failed=1
      done
    done
  done
}

make_tables() {
  set --
  for model in $MODELS; do
    for profile in $profiles; do
      for recipe in $recipes; do
        folder=$(cell "$model" "$recipe" "$profile")
        [ -n "${PARTIAL:-}" ] && [ ! -d "$folder" ] && continue
        if [ -d "$folder/part-0-of-1" ]; then
          set -- "$@" "$folder/part-0-of-1"
        else
          $vda report "$folder"/part-* ${PARTIAL:-} --output-dir "$folder/whole" > /dev/null
          set -- "$@" "$folder/whole"
        fi
      done
    done
  done
  for found in "$@"; do
    for model in $MODELS; do
      case $found in "$out/$(basename "$model")"/*) continue ;; esac
      replay="$(dirname "$found")/on-$(basename "$model")"
      rm -rf "$replay" # of fewer parts
      # An attack without a success has nothing to ask about.
      grep -q '"status":"success"' "$found/results.jsonl" || continue
      $vda attack --model "$model" --replay "$found" --output-dir "$replay" > /dev/null
      set -- "$@" "$replay"
    done
  done
  $vda report "$@" --title "Attack lab" ${REPORT_OPTIONS:-} --output-dir "$out"
}

if [ "$part" = tables ]; then make_tables; else attack_all; fi
exit $failed
