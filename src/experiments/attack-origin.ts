import { z } from 'zod';
import { problemKinds } from '../base/constant-predictions.ts';

/** What is stored of an attack beside its name and filters; attacks of before this was recorded have none of it. */
export const attackOrigin = {
  provenance: z
    .array(z.object({ name: z.string(), value: z.string(), called: z.string().exactOptional() }))
    .exactOptional(),
  problems: z.array(z.object({ kind: z.enum(problemKinds), remark: z.string() })).exactOptional(),
};
