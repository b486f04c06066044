// A UMAP layout of one step: computed in a separate worker, shown while it develops, kept until requested again.
import type { Matrix } from '../../../metrics/vectors.ts';
import type { UmapProgress, UmapRequest } from './umapLayout.ts';
import { umapWorker } from './umapWorker.ts';

export class UmapSnapshot {
  /** [rows, 2] */
  layout: Float64Array | null = $state.raw(null);
  /** The training step whose embeddings it shows. */
  step = $state(0);
  /** 0 to 1; null while nothing is being computed. */
  progress: number | null = $state(null);
  failure: string | null = $state(null);
  private worker: Worker | null = null;

  /**
   * @param unit rows of length 1
   * @param start [rows, 2], the initial positions
   */
  compute(unit: Matrix, start: Float64Array, step: number): void {
    this.cancel();
    const { data, rows, dimension } = unit;
    const request: UmapRequest = {
      rows: Array.from({ length: rows }, (_, i) => [...data.subarray(i * dimension, (i + 1) * dimension)]),
      start,
    };
    this.step = step;
    this.progress = 0;
    this.failure = null;
    const worker = umapWorker();
    this.worker = worker;
    worker.onmessage = ({ data: { layout, epoch, epochs } }: MessageEvent<UmapProgress>) => {
      this.layout = layout;
      this.progress = epoch / epochs;
      if (epoch >= epochs) this.cancel();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.failure = event.message || 'its program could not be loaded';
      this.cancel();
    };
    worker.postMessage(request);
  }

  /** Cancels the computation; the layout stays as it is. */
  cancel(): void {
    this.worker?.terminate();
    this.worker = null;
    this.progress = null;
  }

  /** Clears the layout because the map has other points. */
  clear(): void {
    this.cancel();
    this.layout = null;
    this.failure = null;
  }
}
