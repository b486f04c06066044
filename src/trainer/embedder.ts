// Embeds sentences in eval mode with a model as it was loaded: for `eval`, `encode` and `pattern` on the command line,
// and "before training" on the page.
import { longestInput } from '../encoder/config.ts';
import type { LoadedModel } from '../encoder/folder.ts';
import { Parameters } from '../encoder/parameters.ts';
import type { Pooling } from '../encoder/pooling.ts';
import type { Matrix } from '../metrics/vectors.ts';
import { promptLength, withPrompt } from '../tokenizer/template.ts';
import { embedRows } from './embed.ts';

/** A loaded model that embeds sentences in the same way as evaluation. */
export class Embedder {
  private readonly parameters: Parameters;
  readonly pooling: Pooling;
  readonly maxLength: number;

  constructor(
    private readonly model: LoadedModel,
    options: { pooling?: Pooling | undefined; maxLength: number },
  ) {
    this.pooling = options.pooling ?? model.pooling ?? 'cls';
    const prompt = this.pooling === 'mask' ? promptLength(model.tokenizer.prompts[0]) : 0;
    this.maxLength = Math.min(options.maxLength, longestInput(model.config) - prompt);
    this.parameters = new Parameters(model.tensors);
  }

  evaluationIds(sentence: string): number[] {
    const ids = this.model.tokenizer.ids(sentence, this.maxLength);
    return this.pooling === 'mask' ? withPrompt(ids, this.model.tokenizer.prompts[0]) : ids;
  }

  embed(rows: readonly (readonly number[])[], onProgress?: (done: number) => void): Promise<Matrix> {
    return embedRows(this.parameters, this.model.config, rows, { pooling: this.pooling, onProgress });
  }

  /** Tokenises sentences, truncates them to the maximum length and embeds them. Returns [sentences, hidden]. */
  embedSentences(sentences: readonly string[]): Promise<Matrix> {
    return this.embed(sentences.map((sentence) => this.evaluationIds(sentence)));
  }

  dispose(): void {
    this.parameters.dispose();
  }
}
