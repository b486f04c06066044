// Embeds sentences with the weights before training, for comparison with the current ones. The weights are uploaded to
// the device when they are first needed.
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

  /** @returns embeddings [sentences, hidden] */
  embed(sentences: readonly string[]): Promise<Matrix> {
    this.embedder ??= new Embedder(this.model, { pooling: this.pooling });
    return this.embedder.embedSentences(sentences);
  }

  /** Call when the device was lost, and with it the weights. */
  deviceLost(): void {
    this.embedder = undefined;
  }

  dispose(): void {
    this.embedder?.dispose();
    this.embedder = undefined;
  }
}
