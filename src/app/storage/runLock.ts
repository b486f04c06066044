// One tab writes a run. The browser's locks say which, and let go by themselves when that tab is closed.

export interface Claim {
  release: () => void;
}

/** @returns null when another tab has the run */
export function claimRun(id: string): Promise<Claim | null> {
  // A browser without locks: nobody to ask.
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

/** The runs that this tab writes. */
export class Claims {
  private readonly held = new Map<string, Claim>();

  constructor(private readonly claim: (id: string) => Promise<Claim | null>) {}

  has(id: string): boolean {
    return this.held.has(id);
  }

  /** @returns false when another tab has the run */
  async take(id: string): Promise<boolean> {
    if (this.held.has(id)) return true;
    const claim = await this.claim(id);
    if (claim === null) return false;
    this.held.set(id, claim);
    return true;
  }

  /** Does no tab have the run? */
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
