#!/bin/sh
# The experiment of docs/preregistration.md: which training holds against words that it has not seen? One task and one seed a call:
#
#     DATA=mr MODEL=models/minilm PAIRS=ppdb.txt HELD_OUT=neighbours.json ENCODER=models/minilm OUT=runs/held-out sh recipes/held-out.sh 1
#     … sh recipes/held-out.sh tables     # once cells are there
#
# DATA      folder with train.tsv, dev.tsv and test.tsv
# MODEL     masked language model that is fine-tuned, and proposes words
# PAIRS     pairs of words alike (PPDB), which training knows, beside WordNet
# HELD_OUT  vectors or neighbours, which no training knows
# ENCODER   sentence encoder that the profile asks
# ARMS      by default all, cheapest first; TRAIN_TEXTS (0: all) and TEXTS (500) as preregistered; VDA: by default vda
# LEXICA    by default held-out and known
# ATTACK_OPTIONS  more options of `vda attack`
#
# The same command goes on after any stop: what has ended is not made again, what was under way goes on.
set -eu
: "${DATA:?}" "${MODEL:?}" "${PAIRS:?}" "${HELD_OUT:?}" "${ENCODER:?}"
vda=${VDA:-vda}
out=${OUT:-runs/held-out}
lexica=${LEXICA:-held-out known}
arms=${ARMS:-plain substitutes random adversarial freelb freelb-adversarial quarter freelb++}

options() {
  sources="--vda --candidate-sources pairs:$PAIRS wordnet --lambda 4"
  freelb="--strategy freelb --freelb-steps 3 --freelb-init-magnitude 0.05"
  case $1 in
    plain) ;;
    substitutes) echo "--vda --candidate-filter related --temperature 3 --lambda 4" ;;
    random) echo "$sources --mixture random" ;;
    adversarial) echo "$sources --mixture adversarial" ;;
    freelb) echo "$freelb" ;;
    freelb-adversarial) echo "$freelb $sources --mixture adversarial" ;;
    quarter) ;; # the mean of two that are there
    freelb++) echo "--strategy freelb --freelb-preset freelb++" ;;
    *) echo "unknown arm $1" >&2; exit 1 ;;
  esac
}

one_cell() { # arm, seed
  run="$out/$1/seed-$2"
  resume=
  ls -d "$run"/checkpoint-* > /dev/null 2>&1 && resume='--resume-from-checkpoint last'
  [ "$1" != quarter ] || [ -f "$run/model.safetensors" ] ||
    $vda average "$out/freelb/seed-$2" "$out/freelb-adversarial/seed-$2" --weights 0.75 0.25 --output-dir "$run"
  [ -f "$run/model.safetensors" ] || $vda train --model "$MODEL" --train-file "$DATA/train.tsv" --validation-file "$DATA/dev.tsv" \
    --max-train-samples "${TRAIN_TEXTS:-0}" --max-seq-length 128 --learning-rate 5e-5 --num-train-epochs 3 \
    --per-device-train-batch-size 16 --load-best-model-at-end --seed "$2" $(options "$1") $resume --output-dir "$run"
  for lexicon in $lexica; do
    [ $lexicon = known ] && similarity=wordnet || similarity=$HELD_OUT
    $vda attack --model "$run" --mlm "$MODEL" --encoder "$ENCODER" --test-file "$DATA/test.tsv" --offset 200 \
      --num-examples "${TEXTS:-500}" --recipe bert-attack textfooler --profile uniform --similarity "$similarity" \
      --constraints part-of-speech inflection one-word known-words ${ATTACK_OPTIONS:-} --output-dir "$run/$lexicon"
  done
}

make_tables() {
  for lexicon in $lexica; do
    set --
    names=
    for arm in $arms; do
      for folder in "$out/$arm"/seed-*/"$lexicon"; do
        [ -f "$folder/results.jsonl" ] && set -- "$@" "$folder" && names="$names $arm"
      done
    done
    $vda report "$@" --names $names --title "Words that are $lexicon" --output-dir "$out/$lexicon"
  done
}

if [ "${1:-1}" = tables ]; then
  make_tables
else
  for arm in $arms; do one_cell "$arm" "${1:-1}"; done
fi
