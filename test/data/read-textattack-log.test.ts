import { describe, expect, it } from 'vitest';
import { readTextAttackLog } from '../../src/data/read-textattack-log.ts';
import { temporaryFile } from './files.ts';

// As TextAttack 0.3.11 writes it: loggers/csv_logger.py, pandas with QUOTE_NONNUMERIC.
const header =
  '"original_text","perturbed_text","original_score","perturbed_score","original_output","perturbed_output","ground_truth_output","num_queries","result_type"\n';
const read = (rows: string) => readTextAttackLog(temporaryFile('log.csv', header + rows));

describe('readTextAttackLog', () => {
  it('takes the successes, with the brackets off', () => {
    const { texts, remarks } = read(
      '"a [[great]] film, [[truly]]","a [[decent]] film, [[so]]",0.1,0.6,1.0,0.0,1.0,23.0,"Successful"\n' +
        '"dull","dull",0.1,0.2,0.0,0.0,0.0,9.0,"Failed"\n"wrong","wrong",0.9,0.9,0.0,0.0,1.0,0.0,"Skipped"\n',
    );
    expect(texts).toEqual([
      { id: 0, line: 2, label: '1.0', text: 'a great film, truly', adversarial: 'a decent film, so' },
    ]);
    expect(remarks).toEqual([expect.stringContaining('2 of 3 attacks did not succeed')]);
  });

  it('splits pairs, and leaves out those whose first text was changed', () => {
    const { texts, remarks } = read(
      '"[[[[Premise]]]]: a man<SPLIT>[[[[Hypothesis]]]]: a [[person]]","[[[[Premise]]]]: a man<SPLIT>[[[[Hypothesis]]]]: a [[human]]",0,1,0,1,0,3,"Successful"\n' +
        '"[[[[Premise]]]]: a [[man]]<SPLIT>[[[[Hypothesis]]]]: b","[[[[Premise]]]]: a [[boy]]<SPLIT>[[[[Hypothesis]]]]: b",0,1,0,1,0,3,"Successful"\n',
    );
    expect(texts).toEqual([
      { id: 0, line: 2, label: '0', text: 'a man', textPair: 'a person', adversarial: 'a human' },
    ]);
    expect(remarks).toEqual([expect.stringContaining('1 pairs whose first text was changed')]);
  });

  it('says which columns a file of another kind lacks, and where nothing succeeded', () => {
    const other = temporaryFile('log.csv', 'text,label\na,1\n');
    expect(() => readTextAttackLog(other)).toThrow(
      /is no log of TextAttack: it has no column "original_text", "perturbed_text", "ground_truth_output", "result_type"\. Its columns are "text", "label"; expected original_text, perturbed_text/,
    );
    expect(() => read('"a","a",0,0,0,0,0,1,"Failed"\n')).toThrow('none of its 1 attacks is a success');
  });
});
