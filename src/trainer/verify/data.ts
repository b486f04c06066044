// Verifies collator.json and prompt.json: which examples are in a step, and where a prompt is inserted.
import { batches, startCursor, type Batch } from '../../data/batches.ts';
import { padRows } from '../../tokenizer/pad.ts';
import { withPrompt, type PromptTemplate } from '../../tokenizer/template.ts';
import { Comparison, type CaseResult } from './compare.ts';

interface CollatorCase {
  name: string;
  batch_size: number;
  aigen_batch_size: number;
  split: ('other' | 'aigen')[];
  batches: { other: number[]; aigen: number[] }[];
  left_over_aigen: number[];
}

export function verifyCollator(file: string, { cases }: { cases: CollatorCase[] }): CaseResult[] {
  return cases.map((c) => {
    const cursor = startCursor();
    const plan = {
      generated: c.split.map((s) => s === 'aigen'),
      batch: c.batch_size,
      generatedBatch: c.aigen_batch_size,
    };
    const walk = batches(plan, cursor);
    const first: Batch[] = [];
    while (first.length < c.batches.length) first.push(walk.next().value as Batch);
    return new Comparison(file, c.name)
      .close('error', 0, 0, { absolute: 1e-8 })
      .equal(
        'batches',
        first.map(({ plain, generated }) => [plain, generated]),
        c.batches.map(({ other, aigen }) => [other, aigen]),
      )
      .equal('waiting', cursor.waiting, c.left_over_aigen)
      .result();
  });
}

interface PromptCase {
  name: string;
  model: 'bert' | 'roberta';
  kind: 'other' | 'aigen';
  input_ids: number[][][];
  attention_mask: number[][][];
  prompted_input_ids: number[][][];
  prompted_attention_mask: number[][][];
  mask_position: number[][];
}
type Templates = Record<'bert' | 'roberta', Record<'template0' | 'template1', [number[], number[]]>>;

export function verifyPrompt(
  file: string,
  golden: { cases: PromptCase[]; templates: Templates },
): CaseResult[] {
  return golden.cases.map((c) => {
    const templates = golden.templates[c.model];
    const template = (index: number): PromptTemplate => {
      const [before, after] = index === 0 ? templates.template0 : templates.template1;
      return { before, after };
    };
    const padId = c.model === 'roberta' ? 1 : 0;
    const comparison = new Comparison(file, c.name).close('error', 0, 0, { absolute: 1e-8 });
    const rows = c.input_ids.flatMap((row, r) =>
      row.map((ids, s) => {
        // Only the second sentence of a plain *pair* gets the second template.
        const second = c.kind === 'other' && row.length === 2 && s === 1;
        const real = ids.slice(
          0,
          c.attention_mask[r]![s]!.reduce((a, b) => a + b, 0),
        );
        return withPrompt(real, template(second ? 1 : 0));
      }),
    );
    const batch = padRows(rows, padId);
    const length = c.prompted_input_ids[0]![0]!.length;
    const padded = Array.from({ length: batch.rows }, (_, r) => {
      const row = [...batch.ids.subarray(r * batch.length, (r + 1) * batch.length)];
      return [...row, ...new Array<number>(length - row.length).fill(padId)];
    });
    return comparison
      .equal('ids', padded, c.prompted_input_ids.flat())
      .equal(
        'mask positions',
        rows.map((ids) => ids.length - 2),
        c.mask_position.flat(),
      )
      .equal(
        'lengths',
        rows.map((ids) => ids.length),
        c.prompted_attention_mask.flat().map((m) => m.reduce((a, b) => a + b, 0)),
      )
      .result();
  });
}
