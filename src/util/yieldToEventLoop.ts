// Yields to the event loop. The WASM backend computes synchronously, so without yielding, signals, messages and timers
// would have to wait until a long run has finished.

export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
