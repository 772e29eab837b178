import { z } from 'zod';
import type { Identity } from './identity.ts';

const part: z.ZodType = z.looseObject({
  id: z.string(),
  version: z.number().optional(),
  settings: z.record(z.string(), z.unknown()).optional(),
  content: z.union([z.string(), z.record(z.string(), z.string())]).optional(),
  parts: z.lazy(() => parts).optional(),
});

const parts: z.ZodType = z.record(z.string(), z.union([part, z.array(part)]));

/** An identity as it is read back from a file. */
export const identityShape = z.object({ hash: z.string(), parts }) as unknown as z.ZodType<Identity>;
