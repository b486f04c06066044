// Embeddings with the weights before training, to compare with those of now. They are put on the device when first
// needed.
import { longestInput } from '../encoder/config.ts';
import type { LoadedModel } from '../encoder/folder.ts';
import type { Pooling } from '../encoder/pooling.ts';
import type { Matrix } from '../metrics/vectors.ts';
import { Embedder } from '../trainer/embedder.ts';

export class InitialEmbedder {
  private embedder: Embedder | undefined;

  constructor(
    private readonly model: LoadedModel,
    private readonly pooling: Pooling,
  ) {}

  /** Returns [sentences, hidden]. */
  embed(sentences: readonly string[]): Promise<Matrix> {
    this.embedder ??= new Embedder(this.model, {
      pooling: this.pooling,
      maxLength: longestInput(this.model.config),
    });
    return this.embedder.embedSentences(sentences);
  }

  /** The device was lost, and the weights on it. */
  deviceLost(): void {
    this.embedder = undefined;
  }

  dispose(): void {
    this.embedder?.dispose();
    this.embedder = undefined;
  }
}
