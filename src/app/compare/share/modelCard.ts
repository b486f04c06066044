// The model card of a trained encoder (its README.md): what it is, how it was trained, its scores, how to load it.
import type { RunRecord } from '../../../record/runRecord.ts';
import { curveOf, type Quantity } from '../../../record/series.ts';
import { configDifference, defaultConfig, type Config } from '../../../run/config.ts';
import { ENCODERS, isEncoderName } from '../../../run/encoders.ts';
import type { HeaderEvent } from '../../../run/events.ts';
import { knobValueText } from '../../state/link.ts';

/** The licence that a bundled encoder requires. */
function licenceOf(encoder: string): { id: string; why: string } | undefined {
  if (!isEncoderName(encoder)) return undefined;
  const { licence: id } = ENCODERS[encoder];
  const why = `${LICENCE_NAMES[id]}, as the encoder it started from (${encoder}, by the Semblance authors, whose card names its sources).`;
  return { id, why };
}
const LICENCE_NAMES = { 'cc-by-sa-4.0': 'CC BY-SA 4.0' } as const;

const POOLED: Record<Config['pooling'], string> = {
  cls: 'the state of [CLS]',
  mean: 'the mean of the token states',
  mask: 'the state of the [MASK] in a prompt, the last token but one',
};

export function modelCard(name: string, header: HeaderEvent, record: RunRecord, folder: string): string {
  const base = header.model.name.split('/').at(-1) ?? header.model.name;
  const licence = licenceOf(base);
  return [
    ...frontMatter(licence?.id),
    `# ${name}`,
    '',
    `A sentence encoder, fine-tuned in a browser with Semblance from \`${base}\`: ${header.model.type}, ` +
      `${header.model.layers} layers of ${header.model.hidden} units, ${header.model.parameters.toLocaleString('en')} parameters. ` +
      `Embeddings are ${POOLED[header.config.pooling]}, compared by cosine.`,
    '',
    '## Training',
    '',
    ...trainingLines(header, record),
    '',
    '## Scores',
    '',
    ...scoreLines(record),
    '',
    '## Use',
    '',
    ...useLines(folder, header.config),
    '',
    '## Licence',
    '',
    licence?.why ??
      `That of the encoder it started from, \`${base}\`, and of the text it was trained on: look there.`,
    '',
  ].join('\n');
}

const frontMatter = (licence: string | undefined): string[] => [
  '---',
  'library_name: sentence-transformers',
  'pipeline_tag: sentence-similarity',
  'language: en',
  ...(licence === undefined ? [] : [`license: ${licence}`]),
  'tags: [sentence-transformers, feature-extraction, sentence-similarity]',
  '---',
  '',
];

function trainingLines({ setting, config, corpus, device, steps }: HeaderEvent, record: RunRecord): string[] {
  const made = record.readingAt('loss', record.head)?.step ?? 0;
  const defaults = defaultConfig();
  const differing = configDifference(config, defaults);
  const edits = record.events.filter((event) => event.type === 'edit');
  return [
    `Setting \`${setting}\`, ${made} of ${steps} steps, on ${device.name}. Losses: InfoNCE, and the hierarchical triplet loss where the setting has it ` +
      '(Li, Zhang, Nie, Mao: Narrowing the Gap between Supervised and Unsupervised Sentence Representation Learning with Large Language Model, AAAI 2024).',
    '',
    `Data: ${corpus.plain} plain sentences and ${corpus.groups} groups, ${corpus.heldOut} of them held out to be measured (${corpus.files.map((file) => file.split(/[\\/]/).at(-1)).join(', ')}).`,
    '',
    '| knob | value | default |',
    '| --- | --- | --- |',
    ...differing.map(
      (knob) => `| ${knob} | ${knobValueText(config[knob])} | ${knobValueText(defaults[knob])} |`,
    ),
    '',
    'All other knobs stood at their defaults.',
    ...edits.map(
      ({ step, knob, from, to }) =>
        `At step ${step}, ${knob} was turned from ${String(from)} to ${String(to)}.`,
    ),
  ];
}

function scoreLines(record: RunRecord): string[] {
  const row = (label: string, quantity: Quantity) => {
    const before = curveOf(record.series, quantity)[0];
    const after = record.readingAt(quantity, record.head);
    return `| ${label} | ${figure(before?.value)} | ${figure(after?.value)} |`;
  };
  const { rfd } = record.summary();
  const sts = record.events.find((event) => event.type === 'metric' && event.name === 'sts');
  const pairs = sts?.type === 'metric' ? ` on ${sts.count} scored pairs` : '';
  return [
    '| | before | after |',
    '| --- | --- | --- |',
    row(`STS (Spearman${pairs})`, 'sts'),
    row('alignment, held-out training data', 'alignment-train'),
    row('alignment, evaluation data', 'alignment-eval'),
    row('uniformity, held-out training data', 'uniformity-train'),
    row('uniformity, evaluation data', 'uniformity-eval'),
    '',
    `Relative fitting difficulty: alignment ${figure(rfd.alignment)}, uniformity ${figure(rfd.uniformity)}.`,
    'These come from the small sets of the page; measure it on your own before you use it for anything.',
  ];
}

const figure = (value: number | null | undefined): string =>
  value == null || !Number.isFinite(value) ? '-' : value.toFixed(4);

function useLines(folder: string, { pooling }: Config): string[] {
  const isMask = pooling === 'mask';
  return [
    'sentence-transformers (Python):',
    '',
    '```python',
    'from sentence_transformers import SentenceTransformer',
    `model = SentenceTransformer("${folder}"${isMask ? ', trust_remote_code=True' : ''})`,
    'print(model.similarity(model.encode(["A dog runs."]), model.encode(["A dog is running."])))',
    '```',
    '',
    ...(isMask
      ? [
          'The tokenizer inserts the prompt. sentence-transformers has no pooling by [MASK]: `mask_pooling.py` in this folder',
          'does it, and `trust_remote_code=True` lets it be loaded.',
          '',
        ]
      : []),
    'Sentences are cut at `model.max_seq_length` tokens, as they were for the scores above.',
    '',
    'transformers (Python): `AutoModel.from_pretrained`, then pool as above. transformers.js takes ONNX files, which are not here:',
    `\`optimum-cli export onnx --model ${folder} ${folder}/onnx\` makes them.`,
    '',
    'Semblance, on the command line:',
    '',
    '```',
    `npm run -s cli -- eval --model ${folder} --sts PAIRS.tsv`,
    '```',
  ];
}
