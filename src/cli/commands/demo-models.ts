/** The training that is to be more robust than the plain one, and what must be said of it where figures are shown. */
export const robust = {
  name: 'FreeLB',
  folder: 'freelb',
  method: ['--preset', 'robust'],
  caveat:
    'FreeLB moves embeddings in small steps and knows neither attack. The model is small, the reviews are short and made for this: the figures show what vda does, not how robust models are.',
} as const;

/** The models that are compared: the same training, plain and robust. */
export const demoModels = [{ name: 'plain', folder: 'plain', method: [] }, robust] as const;
