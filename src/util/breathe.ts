// Lets the host's event loop turn. The WASM backend computes synchronously, so that a long run would otherwise keep
// signals, messages and timers waiting to its end.

export function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
