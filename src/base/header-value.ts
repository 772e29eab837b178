/**
 * Whether a token fits into a header: visible ASCII without spaces. One that does not makes `fetch` throw, and its message repeats
 * the whole of it.
 */
export const isHeaderValue = (token: string): boolean => /^[\x21-\x7e]+$/.test(token);
