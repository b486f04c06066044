// Embeds sentences in eval mode with a model as it was loaded: for `eval`, `encode` and `pattern` on the command line,
// and "before training" on the page.
import type { LoadedModel } from '../encoder/folder.ts';
import { Parameters } from '../encoder/parameters.ts';
import { evaluatedLength, sentenceRoom } from '../encoder/inputLength.ts';
import { statedPooling, type Pooling } from '../encoder/pooling.ts';
import type { Matrix } from '../metrics/vectors.ts';
import { withPrompt } from '../tokenizer/template.ts';
import { embedRows } from './embed.ts';

/** A loaded model that embeds sentences in the same way as evaluation. */
export class Embedder {
  private readonly parameters: Parameters;
  readonly pooling: Pooling;
  /** Maximum length of a sentence in tokens, with [CLS] and [SEP] and without the prompt. */
  readonly maxLength: number;

  /** What the options leave out is as the folder states it. @throws Failure when the folder's pooling is not supported */
  constructor(
    private readonly model: LoadedModel,
    options: { pooling?: Pooling | undefined; maxLength?: number | undefined } = {},
  ) {
    this.pooling = options.pooling ?? statedPooling(model);
    this.maxLength =
      options.maxLength === undefined
        ? evaluatedLength(model, this.pooling)
        : Math.min(options.maxLength, sentenceRoom(model, this.pooling));
    this.parameters = new Parameters(model.tensors);
  }

  /** What is used, in words. */
  get description(): string {
    return `${this.pooling} pooling, sentences of up to ${this.maxLength} tokens`;
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
