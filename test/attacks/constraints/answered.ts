import type { Change, Constraint } from '../../../src/attacks/constraints/constraint.ts';
import { type Models, servicesOf } from '../../../src/attacks/services/index.ts';
import { createRowMemo } from '../../../src/attacks/services/row-memo.ts';
import { editText } from '../../../src/text/edited-text.ts';
import { toyVictim } from '../toys.ts';

/** What a rule that asks models says of changes to one text, with what an attack remembers of an example. */
export async function answered(
  rule: Constraint,
  changes: readonly Change[],
  models: Omit<Models, 'victim'>,
): Promise<readonly boolean[]> {
  const services = servicesOf({ victim: toyVictim(1), ...models }, createRowMemo(10));
  const progress = { text: editText(changes[0]!.original.original.join(' ')) };
  const remember = (_key: unknown, make: () => unknown) => make();
  const tools = { vocabulary: models.maskedLm, progress, remember };
  const search = rule.judge!(changes, tools as never);
  let step = search.next();
  while (!step.done) {
    const { service, items } = step.value;
    step = search.next(await services[service].answer(items as never));
  }
  return step.value;
}
