// How flat each mixture of VDA's Eq. 4 is, for one position where the masked LM is sure of its token:
//
//     node bench/mixture-flatness.mjs
//
// Assumed: V = 30,522 tokens (bert-base-uncased), one with p = 0.95, the rest sharing 0.05 equally; raw logits centred so
// that the rest stand at −7, as BERT's do more or less. Mean over 50 draws of the noise, from a fixed seed. Weight: what
// the likely token gets (1/V = 3.28e-5 would be uniform). Entropy: of the whole mixture, over log V (1 is uniform).
const vocabulary = 30_522;
const likely = 0.95;
const rest = (1 - likely) / (vocabulary - 1);
const draws = 50;

const probabilities = new Float64Array(vocabulary).fill(rest);
probabilities[0] = likely;
const logProbs = probabilities.map(Math.log);
const logits = logProbs.map((logP) => logP - Math.log(rest) - 7);
const sum = logits.reduce((total, z) => total + z, 0);

const rows = [
  ['paper: softmax(p + ε)', probabilities, 0.05],
  ['official: softmax(z / Σz + ε)', logits.map((z) => z / sum), 0.05],
  ['log space, whole vocabulary: softmax(log p + ε)', logProbs, 0.05],
  ['log space, whole vocabulary: softmax(log p + ε)', logProbs, 1],
];
console.log('| mixture | σ | weight of the likely token | entropy / log V |');
console.log('|---|---|---|---|');
for (const [name, scores, std] of rows) {
  const normal = createNormal(42);
  let [weight, entropy] = [0, 0];
  for (let draw = 0; draw < draws; draw++) {
    const mixture = softmax(scores.map((score) => score + std * normal()));
    weight += mixture[0] / draws;
    entropy -= mixture.reduce((total, p) => total + (p > 0 ? p * Math.log(p) : 0), 0) / draws;
  }
  console.log(
    `| ${name} | ${std} | ${weight < 1e-3 ? weight.toExponential(2) : weight.toFixed(3)} | ${(entropy / Math.log(vocabulary)).toFixed(4)} |`,
  );
}

function softmax(scores) {
  const most = scores.reduce((a, b) => Math.max(a, b));
  const exps = scores.map((score) => Math.exp(score - most));
  const total = exps.reduce((a, b) => a + b, 0);
  return exps.map((e) => e / total);
}

/** Standard normals by Box and Muller's method over a 32-bit linear congruential generator (Numerical Recipes' constants). */
function createNormal(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
