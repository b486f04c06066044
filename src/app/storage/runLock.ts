// Web Locks that ensure that only one tab writes a run; the browser releases them when the tab is closed.

export interface Claim {
  release: () => void;
}

/** @returns null when another tab holds the run */
export function claimRun(id: string): Promise<Claim | null> {
  // A browser without the Web Locks API: every claim succeeds.
  if (typeof navigator === 'undefined' || !('locks' in navigator))
    return Promise.resolve({ release: () => undefined });
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(`semblance-record-${id}`, { ifAvailable: true }, (lock) => {
        if (lock === null) {
          resolve(null);
          return undefined;
        }
        return new Promise<void>((release) => resolve({ release }));
      })
      .catch(reject);
  });
}

/** The runs that this tab is writing. */
export class Claims {
  private readonly held = new Map<string, Claim>();

  constructor(private readonly claim: (id: string) => Promise<Claim | null>) {}

  has(id: string): boolean {
    return this.held.has(id);
  }

  /** @returns false when another tab holds the run */
  async take(id: string): Promise<boolean> {
    if (this.held.has(id)) return true;
    const claim = await this.claim(id);
    if (claim === null) return false;
    this.held.set(id, claim);
    return true;
  }

  /** Whether no tab holds the run. */
  async isFree(id: string): Promise<boolean> {
    const claim = await this.claim(id);
    claim?.release();
    return claim !== null;
  }

  release(id: string): void {
    this.held.get(id)?.release();
    this.held.delete(id);
  }
}
