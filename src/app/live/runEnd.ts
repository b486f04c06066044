// Waits for the end of the run that is being trained.
import { t } from '../messages/t.ts';

type Reason = 'finished' | 'interrupted' | 'failed';

export class RunEnd {
  private settle: ((reason: Reason, message: string) => void) | null = null;

  /** Reports that a run has ended, or can no longer start or continue. */
  report(reason: Reason, message: string): void {
    this.settle?.(reason, message);
  }

  /**
   * Waits for the next end.
   * @param pause stops the training after the signal
   * @throws AbortError after the signal, Error when the run fails
   */
  wait(signal: AbortSignal, pause: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (reason: Reason, message: string) => {
        this.settle = null;
        if (reason === 'finished') resolve();
        else reject(reason === 'interrupted' ? new DOMException(message, 'AbortError') : new Error(message));
      };
      this.settle = settle;
      signal.addEventListener('abort', () => {
        if (this.settle !== settle) return;
        pause();
        settle('interrupted', t('failures.stopped'));
      });
    });
  }
}
