// The tab as the browser sees it: the screen kept on while it trains, and what is done when it is hidden or left.

/** Keeps the screen on. @returns how to let it go dark again; does nothing where the browser cannot. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | undefined;
  let over = false;
  const ask = async () => {
    if (!('wakeLock' in navigator) || document.visibilityState !== 'visible') return;
    try {
      lock = await navigator.wakeLock.request('screen');
      if (over) await lock.release();
    } catch {
      // Refused (battery saver, policy): the training goes on, the screen may go dark.
    }
  };
  // The browser takes the lock back when the tab is hidden.
  const again = () => void ask();
  document.addEventListener('visibilitychange', again);
  void ask();
  return () => {
    over = true;
    document.removeEventListener('visibilitychange', again);
    void lock?.release();
  };
}

/** Tells when the tab is hidden and when it is seen again. @returns how to stop listening */
export function onVisibility(listener: (hidden: boolean) => void): () => void {
  const tell = () => listener(document.visibilityState === 'hidden');
  document.addEventListener('visibilitychange', tell);
  return () => document.removeEventListener('visibilitychange', tell);
}

/** For tests, and for teachers who show what a lost GPU looks like. */
const LOSE_DEVICE = 'semblance:lose-device';

/** @param leave saves what is not saved yet, as the page is left. @returns how to stop listening */
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
