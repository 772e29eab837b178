/**
 * What carries messages between the processes of a job, its ranks: MPI, in tests memory. Between two ranks messages arrive in
 * the order in which they were sent. Nothing here waits.
 */
export interface Transport {
  readonly rank: number;
  readonly size: number;
  /** Begins to send; the bytes are not to change until it is done. */
  send(to: number, bytes: Uint8Array): Message;
  /** Begins to receive a message of exactly that many bytes. */
  receive(from: number, into: Uint8Array): Message;
}

/** A message under way. */
export interface Message {
  /** Whether the bytes have left or arrived; helps them on. */
  isDone(): boolean;
}
