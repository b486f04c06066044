// Yields to the event loop. The WASM backend computes synchronously: without it, signals, messages and timers would wait
// until the end of a long run.

export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
