// Download progress of the encoder's files: the bytes that have arrived, summed over files.

export interface Bytes {
  loaded: number;
  total: number;
}

export class LoadProgress {
  /** null before the first byte. */
  bytes = $state.raw<Bytes | null>(null);
  private files: Record<string, Bytes> = {};

  restart(): void {
    this.files = {};
    this.bytes = null;
  }

  /** @param total null when the server does not report the size */
  add({ file, loaded, total }: { file: string; loaded: number; total: number | null }): void {
    this.files[file] = { loaded, total: total ?? loaded };
    const sum = (of: keyof Bytes) => Object.values(this.files).reduce((all, bytes) => all + bytes[of], 0);
    this.bytes = { loaded: sum('loaded'), total: sum('total') };
  }
}
