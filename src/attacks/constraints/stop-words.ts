import { type WordConstraint, wordConstraint } from './constraint.ts';

/**
 * English function words: articles, pronouns, prepositions, conjunctions, auxiliaries, negations, question
 * words and the adverbs that only join or limit. Also the halves that tokenised corpora make of contractions
 * (`n't`, `'ve`). Chosen for this project so that its effect is that of the 266 words of the attack's published
 * code: *not, no, nor, would* are in; *very, be, have* are not, so they may be replaced.
 */
export const functionWords: ReadonlySet<string> = new Set(
  [
    'a an the this that these those such another any each every either neither both all some several few many',
    'more most much none other others same own one ones two',
    'i me my mine myself you your yours yourself yourselves he him his himself she her hers herself it its itself',
    'we us our ours ourselves they them their theirs themselves who whom whose which what whatever whichever',
    'whoever anyone anybody anything everyone everybody everything someone somebody something nobody nothing noone',
    'about above across after against along alongside amid among amongst around as at before behind below beneath',
    'beside besides between beyond by despite down during except for from in inside into near of off on onto out',
    'outside over past per since through throughout till to toward towards under underneath unless until unto up',
    'upon via with within without',
    'and but or nor so yet if because although though while whereas whether than then thus hence therefore however',
    'moreover nevertheless otherwise else also too',
    'is are was were am been being do does did doing done has had having can cannot could may might must need',
    'shall should will would ought dare',
    'not no never nor neither',
    'ain aren couldn didn doesn don hadn hasn haven isn mightn mustn needn shan shouldn wasn weren won wouldn',
    "ain't aren't can't couldn't didn't doesn't don't hadn't hasn't haven't isn't mightn't mustn't needn't shan't",
    "shouldn't wasn't weren't won't wouldn't n't 's 'm 're 've 'll 'd 't s t d ll m o re ve y",
    "it's i'm i've i'll i'd you're you've you'll you'd he's he'll he'd she's she'll she'd we're we've we'll we'd",
    "they're they've they'll they'd that's that'll there's here's what's who's let's should've",
    'how when where why whence whenever wherever whereby wherein whereupon whither there here hereby herein thereby',
    'therein thereupon anyhow anyway anywhere elsewhere everywhere nowhere somehow somewhere sometimes',
    'again almost already always even ever further just only once rather quite still well now yet often maybe',
    'perhaps indeed mostly mainly nearly hardly barely scarcely seldom least less enough',
  ].flatMap((line) => line.split(' ')),
);

/**
 * Function words are neither replaced nor put in (a content word turned into *not* changes what is said).
 *
 * @param words lower-case words; `functionWords` by default
 * @param options.asWritten tells *don’t* from *don't*, as the published code does. Default false
 */
export function stopWords(
  words: ReadonlySet<string> = functionWords,
  { asWritten = false }: { readonly asWritten?: boolean } = {},
): WordConstraint {
  const plain = (word: string) => (asWritten ? word : word.replaceAll('’', "'"));
  const listed = new Set([...words].map(plain));
  const isContent = (word: string) => !listed.has(plain(word.toLowerCase()));
  const own = words === functionWords ? 'default' : [...listed].sort();
  return wordConstraint(
    {
      ...{ id: 'stop-words', version: 2, settings: { words: own, asWritten } },
      name: `stop words (${words.size})`,
    },
    {
      allowsReplacing: isContent,
      allowsSubstitution: (_from, to) => isContent(to),
    },
  );
}
