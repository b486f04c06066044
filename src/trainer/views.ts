// Turns examples into the token rows of a step: truncated, augmented, and with the prompt if mask pooling is used.
import { AUGMENTATIONS } from '../data/augment/registry.ts';
import type { Batch } from '../data/batches.ts';
import { cutoffNote, type Example } from '../data/mix.ts';
import type { Config } from '../run/config.ts';
import { PATTERNS, type PatternName } from '../run/settings.ts';
import { withPrompt } from '../tokenizer/template.ts';
import type { SentenceTokenizer } from '../tokenizer/tokenizer.ts';
import type { Random } from '../util/random.ts';

/** The sentences of a batch as token rows: all sentences of example 0, then of example 1, ...; plain rows first. */
export interface StepRows {
  rows: number[][];
  plain: number;
  /** Sentences per plain row (2, or 3 with a hard negative). */
  plainSentences: number;
  generated: number;
  generatedSentences: number;
}

/** Numbers of examples and tokens in all batches of a step. */
export function sizesOf(batches: readonly StepRows[]): { plain: number; generated: number; tokens: number } {
  const sum = (count: (batch: StepRows) => number) =>
    batches.reduce((total, batch) => total + count(batch), 0);
  return {
    plain: sum(({ plain }) => plain),
    generated: sum(({ generated }) => generated),
    tokens: sum(({ rows }) => rows.reduce((total, ids) => total + ids.length, 0)),
  };
}

/** An example with its sentences as token ids (with special tokens, without the prompt). */
export interface TokenisedExample extends Example {
  ids: number[][];
}

/** Maximum number of sentences whose token ids are cached, because they are evaluated repeatedly. */
const MAX_CACHED = 20_000;

export class Views {
  private readonly idCache = new Map<string, number[]>();

  constructor(
    private readonly tokenizer: SentenceTokenizer,
    private readonly pattern: PatternName,
    private readonly config: Config,
    /** The augmentations use forks of this generator. */
    private readonly random: Random,
    /** Maximum length of a measured sentence in tokens; the paper truncates to `maxLength` only in training. */
    private readonly measuredLength: number,
  ) {}

  /** Tokenises a training example, truncated to the `maxLength` knob. */
  tokenise(example: Example): TokenisedExample {
    return this.cut(example, this.config.maxLength);
  }

  /** Tokenises a held-out example, truncated to the longest length that is measured. */
  tokeniseHeldOut(example: Example): TokenisedExample {
    return this.cut(example, this.measuredLength);
  }

  private cut(example: Example, length: number): TokenisedExample {
    return { ...example, ids: example.sentences.map((s) => this.tokenizer.ids(s, length)) };
  }

  /** Token ids of a sentence for evaluation: with template 0 if pooling is "mask". */
  evaluationIds(sentence: string): number[] {
    const known = this.idCache.get(sentence);
    if (known) return known;
    const ids = this.prompted(this.tokenizer.ids(sentence, this.measuredLength), 0);
    if (this.idCache.size >= MAX_CACHED) this.idCache.clear();
    this.idCache.set(sentence, ids);
    return ids;
  }

  /**
   * The token rows of one example. A plain row becomes two views; only the second sentence of a plain pair gets the
   * second prompt template (models.py:168-172 of the authors' code).
   * @param stream label of the random stream: the step in training, a constant for held-out data
   */
  rowsOf(example: TokenisedExample, stream: string): number[][] {
    if (example.ids.length > 1) {
      const isPair = example.ids.length === 2 && !example.generated;
      return example.ids.map((ids, i) => this.prompted(ids, isPair && i === 1 ? 1 : 0));
    }
    const ids = example.ids[0]!;
    return [this.prompted(ids, 0), this.prompted(this.augmented(ids, `${stream}/${example.id}`), 1)];
  }

  batchRows(examples: readonly TokenisedExample[], batch: Batch, step: number): StepRows {
    const view = (i: number) => this.rowsOf(examples[i]!, `step ${step}`);
    const plain = batch.plain.map(view);
    const generated = batch.generated.map(view);
    return {
      rows: [...plain, ...generated].flat(),
      plain: plain.length,
      plainSentences: plain[0]?.length ?? 0,
      generated: generated.length,
      generatedSentences: generated[0]?.length ?? 0,
    };
  }

  /** Notes on what the setting cannot do with these examples. */
  notes(examples: readonly TokenisedExample[]): string[] {
    const notes: string[] = [];
    if (PATTERNS[this.pattern].augmentation === 'token_cutoff') {
      const lengths = examples.filter((e) => e.ids.length === 1).map((e) => e.ids[0]!.length - 2);
      const note = cutoffNote(lengths, this.config.cutoffRate);
      if (note) notes.push(note);
    }
    return notes;
  }

  private augmented(ids: readonly number[], stream: string): number[] {
    const augment = AUGMENTATIONS[PATTERNS[this.pattern].augmentation];
    const inner = augment(ids.slice(1, -1), this.random.fork(stream), { cutoffRate: this.config.cutoffRate });
    return [ids[0]!, ...inner, ids[ids.length - 1]!];
  }

  private prompted(ids: number[], template: 0 | 1): number[] {
    return this.config.pooling === 'mask' ? withPrompt(ids, this.tokenizer.prompts[template]) : ids;
  }
}
