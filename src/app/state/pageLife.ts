// Browser events of the tab: keeps the screen on during training, and handles hiding and leaving the page.

/**
 * Keeps the screen on; does nothing where the browser does not support it.
 * @returns a function that releases the lock
 */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | undefined;
  let over = false;
  const ask = async () => {
    if (!('wakeLock' in navigator) || document.visibilityState !== 'visible') return;
    try {
      lock = await navigator.wakeLock.request('screen');
      if (over) await lock.release();
    } catch {
      // Refused (battery saver, policy): training continues, and the screen may turn off.
    }
  };
  // The browser releases the lock when the tab is hidden.
  const again = () => void ask();
  document.addEventListener('visibilitychange', again);
  void ask();
  return () => {
    over = true;
    document.removeEventListener('visibilitychange', again);
    void lock?.release();
  };
}

/**
 * Calls the listener when the tab is hidden and when it is visible again.
 * @returns a function that stops listening
 */
export function onVisibility(listener: (hidden: boolean) => void): () => void {
  const tell = () => listener(document.visibilityState === 'hidden');
  document.addEventListener('visibilitychange', tell);
  return () => document.removeEventListener('visibilitychange', tell);
}

/** For tests, and for teachers who want to demonstrate a lost GPU. */
const LOSE_DEVICE = 'semblance:lose-device';

/**
 * @param leave saves unsaved changes as the page is left
 * @returns a function that stops listening
 */
export function onPageEvents({
  leave,
  loseDevice,
}: {
  leave: () => void;
  loseDevice: () => void;
}): () => void {
  addEventListener('pagehide', leave);
  addEventListener(LOSE_DEVICE, loseDevice);
  return () => {
    removeEventListener('pagehide', leave);
    removeEventListener(LOSE_DEVICE, loseDevice);
  };
}
