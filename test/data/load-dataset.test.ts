import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../src/data/load-dataset.ts';
import { decodeLines } from '../../src/data/text-file.ts';
import { temporaryFile } from './files.ts';

const load = (name: string, content: string | Uint8Array, options?: Parameters<typeof loadDataset>[1]) =>
  loadDataset(temporaryFile(name, content), options);

describe('loadDataset formats', () => {
  it('keeps quotes of a TSV file as they are, as GLUE writes them', () => {
    const { examples, columns, labels } = load(
      'mrpc.tsv',
      'label\tsentence1\tsentence2\n1\t"Yes," he said.\tHe said "yes\r\n\n0\ta\tb\n',
    );
    expect(columns).toEqual({ text: 'sentence1', textPair: 'sentence2', label: 'label' });
    expect(labels).toEqual(['0', '1']);
    expect(examples).toEqual([
      { id: 0, text: '"Yes," he said.', textPair: 'He said "yes', label: 1 },
      { id: 1, text: 'a', textPair: 'b', label: 0 },
    ]);
  });

  it('says where fields of a TSV file are quoted as pandas quotes, under a header that is not', () => {
    const pandas = 'text\tlabel\n"He said ""great"" and meant it."\t1\nA dull film.\t0\n"Yes," he said.\t0\n';
    const { warnings, examples } = load('x.tsv', pandas);
    expect(warnings).toEqual([
      expect.stringMatching(/1 of 3 lines have a field in quotes.*first on line 2.*\.csv/),
    ]);
    expect(examples[0]!.text).toBe('"He said ""great"" and meant it."');
  });

  it('reads a TSV file as quoted when its header is', () => {
    const { examples } = load('x.tsv', '"label"\t"text"\n"0"\t"a ""b"" \tc"\n');
    expect(examples).toEqual([{ id: 0, text: 'a "b" \tc', label: 0 }]);
  });

  it('reads CSV with a byte-order mark, commas, doubled quotes and line breaks in quotes', () => {
    const { examples } = load('x.CSV', '\ufefflabel,text\r\n0,"one, ""two""\nthree"\r\n1,four\r\n');
    expect(examples.map(({ text }) => text)).toEqual(['one, "two"\nthree', 'four']);
  });

  it.each([
    ['text,label\r\na,0\nb,1\n', ['a', 'b']],
    ['label,text\n0,a\r\n1,b\r\n', ['a', 'b']],
    ['label,text\r0,a\r1,"b\r\nc\n"\r', ['a', 'b\r\nc\n']],
  ])('reads CSV with line ends of several kinds: %j', (content, texts) => {
    expect(load('x.csv', content).examples.map(({ text }) => text)).toEqual(texts);
  });

  it('counts lines of each kind in CSV', () => {
    const content = 'label,text\r\n0,a\n1,"b\nc"\r\n1\n';
    expect(() => load('x.csv', content)).toThrow(/line 5: expected 2 fields/);
  });

  it('reads JSON lines with number, text and boolean labels, leaving out nested fields', () => {
    const { examples, labels } = load(
      'x.jsonl',
      '{"text":"a","label":true,"meta":{}}\n{"label":false,"text":"b"}\n',
    );
    expect(labels).toEqual(['false', 'true']);
    expect(examples.map(({ label }) => label)).toEqual([1, 0]);
  });

  it.each(['x.tsv.gz', 'x.tsv'])(
    'reads gzip by name or content, and hashes the bytes on disk: %s',
    (name) => {
      const bytes = gzipSync('label\ttext\n0\tä\n');
      const { examples, sha256 } = load(name, bytes);
      expect(examples[0]!.text).toBe('ä');
      expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    },
  );

  it('takes column names for a file that has none', () => {
    const { examples, columns } = load('ag.csv', '"3","Title","Wall St."\n"4","Other","Sky"\n', {
      header: ['class', 'title', 'description'],
    });
    expect(columns).toEqual({ text: 'description', label: 'class' });
    expect(examples.map(({ text, label }) => [text, label])).toEqual([
      ['Wall St.', 0],
      ['Sky', 1],
    ]);
  });

  it.each([
    ['nothing', 'x.tsv', '', /is empty/],
    ['only a header', 'x.tsv', 'label\ttext\n', /no examples/],
    ['an unknown extension', 'x.xlsx', 'label\ttext\n', /Expected \.tsv, \.csv or \.jsonl/],
    [
      'a line with too few fields',
      'x.tsv',
      'label\ttext\n0\ta\n\n1\n',
      /line 4: expected 2 fields \(label, text\), got 1/,
    ],
    [
      'a line with too many fields',
      'x.csv',
      'label,text\n0,"a\nb"\n1,a,b\n',
      /line 4: expected 2 fields.*got 3/,
    ],
    ['broken quoting', 'x.csv', 'label,text\n0,a\n1,"a"b\n0,c\n', /line 3: the quoting.*broken/],
    ['a quote that is never closed', 'x.csv', 'label,text\n0,a\n1,"b\n0,c\n', /line 3: the quoting.*broken/],
    [
      'a line that is not JSON',
      'x.jsonl',
      '{"text":"a","label":0}\n{"text"\n',
      /line 2: expected one JSON object/,
    ],
    [
      'a JSON list',
      'x.json',
      '[{"text":"a","label":0}]\n',
      /is one JSON list of 1 records; expected one JSON object a line.*jq/,
    ],
    [
      'a JSON line without the text',
      'x.jsonl',
      '{"text":"a","label":0}\n{"label":1}\n',
      /line 2: "text" is missing/,
    ],
    [
      'a text that is not text',
      'x.jsonl',
      '{"text":"a","label":0}\n{"text":["b"],"label":1}\n',
      /line 2: "text"/,
    ],
    ['an empty label', 'x.tsv', 'label\ttext\n0\ta\n \tb\n', /line 3: the label is empty/],
    ['two columns of one name', 'x.tsv', 'text\tlabel\ttext\na\t0\tb\n', /two columns are named "text"/],
    [
      'damaged compression',
      'x.tsv.gz',
      gzipSync('label\ttext\n0\ta\n').subarray(0, 20),
      /not a whole gzip file/,
    ],
  ])('refuses %s, saying where', (_, name, content, message) => {
    expect(() => load(name, content)).toThrow(message);
  });

  it('gives the line of a byte that is not UTF-8', () => {
    const latin1 = Buffer.from('label\ttext\n0\tfine\n1\tcafé\n', 'latin1');
    expect(() => load('x.tsv', latin1)).toThrow(/line 3: not valid UTF-8/);
  });

  it('says that a text is too long for a string, and does not blame its bytes', () => {
    const bytes = new Uint8Array(2 ** 29); // characters: some hundred more than V8 allows
    expect(() => decodeLines(bytes, { path: 'x.tsv', firstLine: 1 })).toThrow(
      /x\.tsv: 536870912 bytes of text are more than can be read at once .*Split the file/,
    );
  });

  it('says that a file is not there', () => {
    expect(() => loadDataset('/nowhere/x.tsv')).toThrow(expect.objectContaining({ code: 'not-found' }));
  });
});

describe('loadDataset columns', () => {
  it.each([
    [['Review', 'Sentiment'], { text: 'Review', label: 'Sentiment' }],
    [['id', 'text', 'stars'], { text: 'text', label: 'stars' }],
    [['label', 'words'], { text: 'words', label: 'label' }],
    [['index', 'question', 'sentence', 'label'], { text: 'question', textPair: 'sentence', label: 'label' }],
    [
      ['premise', 'hypothesis', 'gold_label'],
      { text: 'premise', textPair: 'hypothesis', label: 'gold_label' },
    ],
    [
      ['Quality', '#1 ID', '#2 ID', '#1 String', '#2 String'],
      { text: '#1 String', textPair: '#2 String', label: 'Quality' },
    ],
  ])('guesses among %j', (names, expected) => {
    const { columns } = load('x.tsv', `${names.join('\t')}\n${names.map((_, i) => i).join('\t')}\n`);
    expect(columns).toEqual(expected);
  });

  it('takes the columns it is told, and no pair with a text that was named', () => {
    const content = 'label\tsentence1\tsentence2\tother\n0\ta\tb\tx\n';
    expect(load('x.tsv', content, { textColumn: 'sentence2' }).columns).toEqual({
      text: 'sentence2',
      label: 'label',
    });
    const all = { textColumn: 'sentence1', textPairColumn: 'other', labelColumn: 'sentence2' };
    expect(load('x.tsv', content, all).columns).toEqual({
      text: 'sentence1',
      textPair: 'other',
      label: 'sentence2',
    });
  });

  it('refuses one column in two roles', () => {
    const same = { textColumn: 'a', textPairColumn: 'a' };
    expect(() => load('x.tsv', 'label\ta\n0\tx\n', same)).toThrow(/"a" is asked for twice/);
  });

  it('lists the columns when one that was asked for is not there, or none can be guessed', () => {
    const content = 'a\tb\tc\n0\t1\t2\n';
    expect(() => load('x.tsv', content, { textColumn: 'd' })).toThrow(
      /no column "d" \(textColumn\).*"a", "b", "c"/,
    );
    expect(() => load('x.tsv', content)).toThrow(/no column looks like the label.*"a", "b", "c"/);
    expect(() => load('x.tsv', content, { labelColumn: 'a' })).toThrow(/no column looks like the text/);
  });
});

describe('loadDataset columns that have no name, or the name of another', () => {
  const spam = 'v1,v2,,,\nham,"Hello, you",,,\nspam,Win,,,\n';

  it('reads columns that are named beside some that are not, as a spreadsheet leaves them', () => {
    const { examples, columns } = load('spam.csv', spam, { textColumn: 'v2', labelColumn: 'v1' });
    expect(columns).toEqual({ text: 'v2', label: 'v1' });
    expect(examples.map(({ text, label }) => [text, label])).toEqual([
      ['Hello, you', 0],
      ['Win', 1],
    ]);
  });

  it('refuses a name that stands twice only where it is read', () => {
    const twice = 'text\tid\tlabel\tid\na\t1\t0\t1\nb\t2\t1\t2\n';
    expect(load('x.tsv', twice).columns).toEqual({ text: 'text', label: 'label' });
    expect(() => load('x.tsv', twice, { textColumn: 'id' })).toThrow(/line 1: two columns are named "id"/);
  });

  it.each(['toString', '__proto__', 'constructor', 'hasOwnProperty'])(
    'reads a column called %s, and finds none where there is none',
    (name) => {
      const columns = { textColumn: name, labelColumn: 'label' };
      expect(load('x.tsv', `label\t${name}\n0\ta\n`, columns).examples[0]!.text).toBe('a');
      const json = `{"label":0,"${name}":"a"}\n`;
      expect(load('x.jsonl', json, columns).examples[0]!.text).toBe('a');
      expect(() => load('x.jsonl', `${json}{"label":1}\n`, columns)).toThrow(`line 2: "${name}" is missing`);
      expect(() => load('x.jsonl', '{"label":0,"text":"a"}\n', columns)).toThrow(`no column "${name}"`);
    },
  );
});

describe('loadDataset on files that are laid out otherwise', () => {
  it.each([
    ['semicolons', 'x.csv', 'text;label\r\n"a";1\r\n', /separated by semicolons, not by commas/],
    [
      'semicolons without a header',
      'x.txt',
      'i feel happy;joy\ni am sad;sadness\n',
      /separated by semicolons, not by tabs/,
    ],
    ['tabs in .csv', 'x.csv', 'text\tlabel\na\t1\n', /separated by tabs \(\.tsv\).*Rename it to \.tsv/],
    [
      'commas in .tsv',
      'x.tsv',
      'text,label\n"a, b",1\n',
      /separated by commas \(\.csv\).*Rename it to \.csv/,
    ],
    [
      'a line for spreadsheets',
      'x.csv',
      'sep=,\ntext,label\na,1\n',
      /first line tells spreadsheets.*remove it/,
    ],
    ['a header with semicolons alone', 'x.csv', 'text;label\n', /seems to be separated by ";"/],
    ['fastText', 'x.txt', '__label__pos A fine film .\n__label__neg A dull one .\n', /format of fastText/],
    [
      'a log of TextAttack without classes',
      'x.csv',
      'original_text,perturbed_text\na,b\n',
      /no column looks like the label/,
    ],
    ['no header', 'x.csv', '"1","A fine film."\n"0","A dull film."\n', /first line seems to be data already/],
    [
      'a list over several lines',
      'x.json',
      '[\n{"text":"a","label":1},\n{"text":"b","label":0}\n]\n',
      /one JSON list of 2 records.*jq -c "\.\[\]"/,
    ],
    [
      'an object of lists',
      'x.json',
      '{"sst2":[{"text":"a","label":1}],"qqp":[]}',
      /one JSON object of lists \(sst2: 1, qqp: 0 records\).*jq -c '\.\["sst2"\]\[\]'/,
    ],
    [
      'an object of lists over several lines',
      'x.json',
      '{\n"data": [\n{"text":"a"}]}',
      /one JSON object of lists \(data: 1 records\)/,
    ],
    [
      'columns one by one',
      'x.json',
      '{"text":{"0":"a"},"label":{"0":1}}',
      /holds its columns one by one \("text", "label"\)/,
    ],
    [
      'objects over several lines',
      'x.jsonl',
      '{\n"text": "a"\n}\n{\n"text": "b"\n}\n',
      /line 1: .*several lines.*jq -c \./,
    ],
    [
      'nothing to read',
      'x.jsonl',
      '{"a":{}}\n{"b":[]}\n',
      /no object in it has a text, a number or a boolean/,
    ],
    ['NaN', 'x.jsonl', '{"text":"secret","label":NaN}\n', /line 1: .*not JSON \(Unexpected token 'N'\)/],
    [
      'a field with a tab in quotes',
      'x.tsv',
      'text\tlabel\n"A\tb"\t1\n',
      /got 3\. Quotes are plain characters in \.tsv/,
    ],
    [
      'a space before a quote',
      'x.csv',
      'label, text\n1, "A, b"\n',
      /a quote opens inside a field, after a space perhaps/,
    ],
    [
      'a quote behind a backslash',
      'x.csv',
      'text,label\n"He said \\"yes\\", twice",1\n',
      /written twice, not after a backslash/,
    ],
  ])('says what they are: %s', (_, name, content, message) => {
    expect(() => load(name, content)).toThrow(message);
    expect(() => load(name, content)).not.toThrow(/secret/);
  });

  it('reads a log of TextAttack without its marks: the texts before the attack, or those after it', () => {
    const log =
      'original_text,perturbed_text,ground_truth_output,result_type\n' +
      'a [[fine]] film,a [[nice]] film,1.0,Successful\na dull film,a dull film,0.0,Skipped\n';
    const texts = (options: object) =>
      load('log.csv', log, options).examples.map(({ text, label }) => [text, label]);
    expect(texts({})).toEqual([
      ['a fine film', 1],
      ['a dull film', 0],
    ]);
    expect(texts({ textColumn: 'perturbed_text' })[0]).toEqual(['a nice film', 1]);
    expect(load('log.csv', log).warnings).toEqual([expect.stringContaining('a log of TextAttack')]);
  });

  it('reads the pairs of a log of TextAttack as pairs', () => {
    const pair = (a: string, b: string) => `[[[[Premise]]]]: ${a}<SPLIT>[[[[Hypothesis]]]]: ${b}`;
    const log =
      'original_text,perturbed_text,ground_truth_output,result_type\n' +
      `${pair('a man', 'a [[person]]')},${pair('a man', 'a [[human]]')},1,Successful\n${pair('x', 'y')},${pair('x', 'y')},0,Failed\n`;
    expect(load('log.csv', log).examples[0]).toMatchObject({ text: 'a man', textPair: 'a person' });
    const columns = { textColumn: 'perturbed_text' };
    expect(load('log.csv', log, columns).examples[0]).toMatchObject({ text: 'a man', textPair: 'a human' });
  });

  it.each([
    ['a line of 10⁵ characters', 'x.tsv', `${'x'.repeat(1e5)}\n${'y'.repeat(1e5)}\n`],
    ['a label of 10⁵ characters', 'x.tsv', `label\ttext\n${'x'.repeat(1e5)}\ta\n`],
    ['10⁴ keys', 'x.jsonl', `{${Array.from({ length: 1e4 }, (_, i) => `"key${i}":1`).join()}}\n`],
    ['10⁴ columns', 'x.tsv', `${Array.from({ length: 1e4 }, (_, i) => `c${i}`).join('\t')}\na\n`],
    ['10⁵ characters of JSON that is none', 'x.jsonl', `{"text":"a","label":"${'x'.repeat(1e5)}\n`],
    [
      'an object of 10⁴ lists',
      'x.json',
      `{${Array.from({ length: 1e4 }, (_, i) => `"key${i}":[{}]`).join()}}\n`,
    ],
  ])('cuts what it shows of them: %s', (_, name, content) => {
    let message = '';
    try {
      load(name, content, { labels: ['0', '1'] });
    } catch (thrown) {
      message = (thrown as Error).message;
    }
    expect(message).not.toBe('');
    expect(message.length).toBeLessThan(800);
  });
});

describe('loadDataset labels', () => {
  const withLabels = (...labels: string[]) =>
    `label\ttext\n${labels.map((label) => `${label}\tx\n`).join('')}`;
  const classes = (content: string, options?: Parameters<typeof loadDataset>[1]) => {
    const { labels, examples, warnings } = load('x.tsv', content, options);
    return { labels, classes: examples.map(({ label }) => label), warnings: warnings.length };
  };

  it('sorts names by code unit and integers by value', () => {
    expect(classes(withLabels('pos', 'neg', 'pos'))).toEqual({
      labels: ['neg', 'pos'],
      classes: [1, 0, 1],
      warnings: 0,
    });
    const twelve = Array.from({ length: 12 }, (_, i) => String(i));
    expect(classes(withLabels(...twelve.toReversed())).labels).toEqual(twelve);
  });

  it('warns when integer labels do not count up from 0', () => {
    expect(classes(withLabels('4', '0', '4'))).toEqual({
      labels: ['0', '4'],
      classes: [1, 0, 1],
      warnings: 1,
    });
  });

  it('takes a given label set in its order, names first, class numbers with a warning', () => {
    const labels = ['pos', 'neg'];
    expect(classes(withLabels('neg', 'pos'), { labels })).toEqual({ labels, classes: [1, 0], warnings: 0 });
    expect(classes(withLabels('1', '0'), { labels })).toEqual({ labels, classes: [1, 0], warnings: 1 });
  });

  it.each([
    ['neutral', ['neg', 'pos']],
    ['2', ['neg', 'pos']],
    ['2', ['0', '1']],
  ])('names the line and the label outside the set: %s in %j', (label, labels) => {
    const message = new RegExp(`line 3: label "${label}" is not one of "${labels[0]}", "${labels[1]}"`);
    expect(() => classes(withLabels(labels[0]!, label), { labels })).toThrow(message);
    expect(() => classes(withLabels(labels[0]!, label), { labels })).toThrow(
      /say what the file calls a model's classes, in their order \(labels\)/,
    );
  });

  it.each([
    ['case', 'POSITIVE', 'positive'],
    ['a character that does not show', 'positive', 'positive\u200b'],
    ['how é is coded', 'tr\u00e8s bien', 'tre\u0300s bien'],
    ['an underscore for a space', 'not good', 'not_good'],
  ])('says what a label of a model is like: %s', (_, own, label) => {
    expect(() => classes(withLabels('no', label), { labels: ['no', own] })).toThrow(
      `It differs from "${own}" in capital letters, spaces or the coding of characters only: spell it the same, or say`,
    );
  });

  it('reads numbers by their value, and sorts them so', () => {
    expect(classes(withLabels('10.0', '2.0', '1.0', '1'))).toMatchObject({
      labels: ['1', '2', '10'],
      classes: [2, 1, 0, 0],
    });
    expect(classes(withLabels('1', '0.0'), { labels: ['0', '1'] })).toMatchObject({
      classes: [1, 0],
      warnings: 0,
    });
    // A model of an earlier version has the names of its file.
    const old = ['1.0', '2.0', '4.0'];
    expect(classes(withLabels('1', '2', '4'), { labels: old })).toEqual({
      labels: old,
      classes: [0, 1, 2],
      warnings: 0,
    });
    expect(classes(withLabels('1.0', '0.0'), { labels: ['neg', 'pos'] })).toMatchObject({
      classes: [1, 0],
      warnings: 1,
    });
    expect(classes(withLabels('v1.0', 'v1')).labels).toEqual(['v1', 'v1.0']);
  });

  it.each([
    ['-1', ['1', '0', '-1'], /1 of 3 examples have the label "-1", which often means that there is no label/],
    ['a dash', ['a', 'b', '-', '-'], /2 of 4 examples have the label "-"/],
    ['nan', ['a', 'NaN'], /1 of 2 examples have the label "NaN"/],
    ['scores', ['0.5', '1.5', '2.5'], /3 different numbers are read as so many classes \(0\.5, 1\.5, 2\.5\)/],
    ['many numbers', Array.from({ length: 21 }, (_, i) => String(i)), /21 different numbers/],
    [
      'two spellings',
      ['Pos', 'pos', 'neg'],
      /the labels "Pos", "pos" differ in capital letters, spaces or the coding of characters only/,
    ],
    ['two spacings', ['not ok', 'not_ok', 'ok'], /the labels "not ok", "not_ok" differ/],
  ])('says of labels what they may be: %s', (_, labels, message) => {
    const { warnings } = load('x.tsv', withLabels(...labels));
    expect(warnings.filter((warning) => message.test(warning))).toHaveLength(1);
  });

  it.each([
    [['1', '-1']],
    [['-2', '-1', '0', '1', '2']],
    [['0', '1', '2', '3', '4', '5']],
    [['neg', 'pos']],
    [['A', 'B']],
  ])('has no such remark on %j', (labels) => {
    const { warnings } = load('x.tsv', withLabels(...labels));
    expect(warnings.filter((warning) => /no label|scores|differ/.test(warning))).toEqual([]);
  });

  it.each([
    [['LABEL_0', 'LABEL_1'], 'positive', /say nothing of what the classes are.*\(labels\)/],
    [
      ['negative', 'positive'],
      'Positive',
      /differs from "positive" in capital letters, spaces or the coding/,
    ],
    [['0', '1'], '-1', /often means that there is no label/],
    [['negative', 'positive'], '-1', /often means that there is no label/],
  ])('says why a label may be outside %j: %s', (labels, label, message) => {
    expect(() => classes(withLabels(label), { labels })).toThrow(message);
  });

  it('says where all texts are of one class', () => {
    const { warnings } = load('x.tsv', withLabels('pos', 'pos', 'pos'), { labels: ['neg', 'pos'] });
    expect(warnings).toEqual([expect.stringMatching(/all 3 texts are of one class, "pos"/)]);
  });

  it('refuses one class where two are needed', () => {
    expect(() => classes(withLabels('1', '1'), { requireClasses: 2 })).toThrow(
      /at least 2 classes.*got only "1" in 2/,
    );
    expect(classes(withLabels('1', '0'), { requireClasses: 2 }).classes).toEqual([1, 0]);
  });

  it('allows empty texts and counts them in a warning', () => {
    const { examples, warnings } = load('x.tsv', 'label\ttext\n0\ta\n1\t\n0\t \n');
    expect(examples.map(({ text }) => text)).toEqual(['a', '', ' ']);
    expect(warnings).toEqual([expect.stringMatching(/2 empty texts, the first on line 3/)]);
  });
});
