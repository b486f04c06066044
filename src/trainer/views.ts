// Turns examples into the token rows of a step: truncated, augmented, and with the prompt if mask pooling is used.
import { AUGMENTATIONS } from '../data/augment/registry.ts';
import type { Batch } from '../data/batches.ts';
import { cutoffNote, isGroup, type Example } from '../data/mix.ts';
import type { Config } from '../run/config.ts';
import { PATTERNS, type Pattern, type PatternName } from '../run/settings.ts';
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
  /** Token ids of the whole sentence, of a plain example that is augmented: the augmentation comes before truncation. */
  whole?: number[];
  /** Length that the sentences were truncated to, in tokens. */
  maxLength: number;
}

/** Label of the random stream of a second view that stays the same in all epochs, and in measurements. */
const ONCE = 'once';

/** Maximum number of sentences whose token ids are cached, because they are evaluated repeatedly. */
const MAX_CACHED = 20_000;

export class Views {
  private readonly idCache = new Map<string, number[]>();
  private readonly augmentation: Pattern['augmentation'];

  constructor(
    private readonly tokenizer: SentenceTokenizer,
    pattern: PatternName,
    private readonly config: Config,
    /** The augmentations use forks of this generator. */
    private readonly random: Random,
    /** Maximum length of a measured sentence in tokens; the paper truncates to `maxLength` only in training. */
    private readonly measuredLength: number,
  ) {
    this.augmentation = PATTERNS[pattern].augmentation;
  }

  /** Tokenises a training example, truncated to the `maxLength` knob. */
  tokenise(example: Example): TokenisedExample {
    return this.cut(example, this.config.maxLength);
  }

  /** Tokenises a held-out example, truncated to the longest length that is measured. */
  tokeniseHeldOut(example: Example): TokenisedExample {
    return this.cut(example, this.measuredLength);
  }

  private cut(example: Example, maxLength: number): TokenisedExample {
    const ids = example.sentences.map((sentence) => this.tokenizer.ids(sentence, maxLength));
    const isAugmented = this.augmentation !== 'dropout' && !isGroup(example);
    const whole = isAugmented && { whole: this.tokenizer.ids(example.anchor, Infinity) };
    return { ...example, ids, ...whole, maxLength };
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
   * The token rows of one example in training. A plain row becomes two views; only the second sentence of a plain pair
   * gets the second prompt template (models.py:168-172 of the authors' code).
   */
  rowsOf(example: TokenisedExample, epoch: number): number[][] {
    const isPair = example.ids.length <= 2 && !example.generated;
    const stream = this.config.augmentation === 'once' ? ONCE : `epoch ${epoch}`;
    return this.views(example, stream).map((ids, i) => this.prompted(ids, isPair && i === 1 ? 1 : 0));
  }

  /** The token rows of a held-out example: the same views, all with the first prompt template. */
  measuredRows(example: TokenisedExample): number[][] {
    return this.views(example, ONCE).map((ids) => this.prompted(ids, 0));
  }

  /** The sentences of a group, or the two views of a plain sentence. @param stream label of the random stream */
  private views(example: TokenisedExample, stream: string): number[][] {
    const { ids, whole } = example;
    if (ids.length > 1) return ids;
    const view = whole ? this.augmented(whole, `${stream}/${example.id}`, example.maxLength) : ids[0]!;
    return [ids[0]!, view];
  }

  batchRows(examples: readonly TokenisedExample[], batch: Batch): StepRows {
    const view = (i: number) => this.rowsOf(examples[i]!, batch.epoch);
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
    if (this.augmentation === 'token_cutoff') {
      const lengths = examples.flatMap(({ whole }) => (whole ? [whole.length - 2] : []));
      const note = cutoffNote(lengths, this.config.cutoffRate);
      if (note) notes.push(note);
    }
    return notes;
  }

  /** Augments a whole sentence, then truncates it. */
  private augmented(ids: readonly number[], stream: string, maxLength: number): number[] {
    const augment = AUGMENTATIONS[this.augmentation];
    const inner = augment(ids.slice(1, -1), this.random.fork(stream), { cutoffRate: this.config.cutoffRate });
    return [ids[0]!, ...inner.slice(0, maxLength - 2), ids[ids.length - 1]!];
  }

  private prompted(ids: number[], template: 0 | 1): number[] {
    return this.config.pooling === 'mask' ? withPrompt(ids, this.tokenizer.prompts[template]) : ids;
  }
}
