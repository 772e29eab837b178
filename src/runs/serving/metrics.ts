/** What is so now, beside what was counted. */
export interface Gauges {
  readonly queuedTexts: number;
  readonly openRequests: number;
}

/** What a service counts. */
export interface Metrics {
  /** A request was answered. */
  readonly answered: (request: { readonly status: number; readonly seconds: number }) => void;
  /** Texts of a request were answered. */
  readonly classified: (request: { readonly texts: number; readonly truncated: number }) => void;
  /** A client went away before its answer. */
  readonly dropped: () => void;
  /** The classifier was asked. */
  readonly batch: (batch: { readonly texts: number }) => void;
  readonly totals: () => {
    readonly requests: number;
    readonly texts: number;
    readonly dropped: number;
  };
  /** All of it in the text format of Prometheus. */
  readonly render: (gauges: Gauges) => string;
}

/** Upper bounds of the histogram of answering times, in seconds. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Counters of a service.
 *
 * Source: Prometheus, text-based exposition format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
 */
export function createMetrics(): Metrics {
  const byStatus = new Map<number, number>();
  const within = bounds.map(() => 0);
  let [seconds, texts, truncated, dropped, batches, batchedTexts] = [0, 0, 0, 0, 0, 0];
  const requests = () => [...byStatus.values()].reduce((sum, count) => sum + count, 0);
  return {
    answered: (request) => {
      byStatus.set(request.status, (byStatus.get(request.status) ?? 0) + 1);
      seconds += request.seconds;
      for (const [i, bound] of bounds.entries()) if (request.seconds <= bound) within[i]!++;
    },
    classified: (request) => {
      texts += request.texts;
      truncated += request.truncated;
    },
    dropped: () => {
      dropped++;
    },
    batch: (batch) => {
      batches++;
      batchedTexts += batch.texts;
    },
    totals: () => ({ requests: requests(), texts, dropped }),
    render: ({ queuedTexts, openRequests }) =>
      [
        ...family('vda_requests_total', 'counter', 'Requests answered, by status', [
          ...[...byStatus]
            .sort(([a], [b]) => a - b)
            .map(([status, count]) => [`{code="${status}"}`, count] as const),
        ]),
        ...family(
          'vda_requests_dropped_total',
          'counter',
          'Requests whose client went away before its answer',
          [['', dropped]],
        ),
        ...family('vda_texts_total', 'counter', 'Texts answered', [['', texts]]),
        ...family(
          'vda_texts_truncated_total',
          'counter',
          'Texts of which the model read the beginning alone',
          [['', truncated]],
        ),
        ...family('vda_batches_total', 'counter', 'Batches that the classifier was asked', [['', batches]]),
        ...family('vda_batched_texts_total', 'counter', 'Texts in those batches', [['', batchedTexts]]),
        ...family('vda_queued_texts', 'gauge', 'Texts that wait for a batch', [['', queuedTexts]]),
        ...family('vda_open_requests', 'gauge', 'Requests under way', [['', openRequests]]),
        ...family('vda_request_duration_seconds', 'histogram', 'From the head of a request to its answer', [
          ...bounds.map((bound, i) => [`_bucket{le="${bound}"}`, within[i]!] as const),
          ['_bucket{le="+Inf"}', requests()],
          ['_sum', seconds],
          ['_count', requests()],
        ]),
        '',
      ].join('\n'),
  };
}

const family = (
  name: string,
  type: 'counter' | 'gauge' | 'histogram',
  help: string,
  samples: readonly (readonly [suffix: string, value: number])[],
): readonly string[] => [
  `# HELP ${name} ${help}.`,
  `# TYPE ${name} ${type}`,
  ...samples.map(([suffix, value]) => `${name}${suffix} ${value}`),
];
